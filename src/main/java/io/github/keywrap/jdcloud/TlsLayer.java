package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import org.apache.hc.client5.http.ssl.DefaultHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a connection, for the name of the host. The Java runtime checks certificates for names
 * that are well-formed; one with an underscore it neither sends nor compares, and for it this does
 * both.
 */
record TlsLayer(SSLContext context) implements TlsSocketStrategy {
  private static final DefaultHostnameVerifier VERIFIER = new DefaultHostnameVerifier();

  /** A name as it is; {@link javax.net.ssl.SNIHostName} takes no underscore. */
  private static final class PlainName extends SNIServerName {
    PlainName(String host) {
      super(StandardConstants.SNI_HOST_NAME, host.getBytes(US_ASCII));
    }
  }

  @Override
  public SSLSocket upgrade(
      Socket socket, String host, int port, @Nullable Object unused, HttpContext context)
      throws IOException {
    SSLSocket tls =
        (SSLSocket) this.context.getSocketFactory().createSocket(socket, host, port, true);
    try {
      boolean hasUnderscore = host.indexOf('_') >= 0;
      SSLParameters parameters = tls.getSSLParameters();
      if (hasUnderscore) {
        parameters.setServerNames(List.of(new PlainName(host)));
      } else {
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
      }
      tls.setSSLParameters(parameters);
      tls.startHandshake();
      if (hasUnderscore) {
        VERIFIER.verify(host, (X509Certificate) tls.getSession().getPeerCertificates()[0]);
      }
      return tls;
    } catch (IOException | RuntimeException failure) {
      socket.close();
      throw failure;
    }
  }
}
