package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections: to each address of a host in turn, TCP and TLS, each within its share of the
 * time that the call has.
 */
final class ConnectionMaker extends DefaultHttpClientConnectionOperator {
  /** Attribute of a call's context, a {@link Deadline}. */
  static final String DEADLINE = "keywrap.deadline";

  private final Names names;

  ConnectionMaker(Names names, TlsSocketStrategy tls) {
    super(null, new OfNames(names), scheme -> scheme.equalsIgnoreCase("https") ? tls : null);
    this.names = names;
  }

  @Override
  public void connect(
      ManagedHttpClientConnection connection,
      HttpHost host,
      @Nullable NamedEndpoint endpoint,
      @Nullable Path domainSocket,
      @Nullable InetSocketAddress localAddress,
      @Nullable Timeout connectTimeout,
      SocketConfig socket,
      @Nullable Object attachment,
      HttpContext context)
      throws IOException {
    Deadline deadline = (Deadline) context.getAttribute(DEADLINE);
    List<InetAddress> addresses = names.resolve(host.getHostName(), deadline);
    long millis = Math.max(1, deadline.remaining().toMillis() / addresses.size());
    Timeout each = Timeout.ofMilliseconds(millis);
    SocketConfig bounded = SocketConfig.copy(socket).setSoTimeout(each).build();
    super.connect(
        connection, host, endpoint, domainSocket, localAddress, each, bounded, attachment, context);
    if (connection.getRemoteAddress() instanceof InetSocketAddress used) {
      names.worked(host.getHostName(), used.getAddress());
    }
  }

  /** What has just been looked up for the call. */
  private record OfNames(Names names) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      return names
          .resolve(host, Deadline.after(java.time.Duration.ZERO))
          .toArray(InetAddress[]::new);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }
}
