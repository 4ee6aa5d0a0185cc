package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import io.github.keywrap.settings.HostAndPort;
import io.github.keywrap.settings.ProxySettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request once: HTTP/1.1 on kept-alive connections, no redirect, no cookie, no retry, an
 * end to every wait.
 */
final class HttpTransport implements AutoCloseable {
  /** Short enough for another attempt within what kube-apiserver gives. */
  private static final Duration CONNECT = Duration.ofSeconds(2);

  private final Names names = new Names();
  private final ProxyRoutes routes;
  private final CloseableHttpClient client;

  /**
   * @param proxy that requests go through
   * @param trust whose certificates are accepted
   */
  HttpTransport(ProxySettings proxy, SSLContext trust) {
    this.routes = new ProxyRoutes(proxy);
    this.client = OnceOnlyClient.of(new ConnectionMaker(names, new TlsLayer(trust)));
  }

  /**
   * Sends the request, and waits for nothing.
   *
   * @param headers all there are; Host is what the client itself makes of the endpoint
   * @param deadline for a connection; the exchange itself ends when it is closed
   */
  Exchange start(URI endpoint, ApiRequest request, Map<String, String> headers, Deadline deadline) {
    HttpUriRequestBase message = message(request, headers);
    return Exchange.start(
        () -> send(endpoint, message, request.answer(), deadline), message::cancel);
  }

  /**
   * Sends the request and reads the whole answer.
   *
   * @throws Unanswered if there is none, or a longer one than there should be
   */
  private Response send(
      URI endpoint, HttpUriRequestBase message, AnswerSize size, Deadline deadline) {
    HttpClientContext context = HttpClientContext.create();
    try {
      context.setAttribute(ConnectionMaker.DEADLINE, toConnect(deadline));
      HttpHost target = target(endpoint);
      context.setAttribute(OnceOnlyClient.ROUTE, routes.route(endpoint, context));
      try (ClassicHttpResponse response = client.executeOpen(target, message, context)) {
        if (response.getCode() == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED) {
          throw TransportFailure.ofCredentials(routes.peer(endpoint));
        }
        return read(response, size);
      }
    } catch (IOException | IllegalStateException failure) {
      throw message.isCancelled()
          ? Unanswered.inTime("given up", failure)
          : TransportFailure.of(failure, routes.peer(endpoint));
    } catch (OperatorException noPassword) {
      throw Unanswered.passing(
          "the password of %s: %s".formatted(routes.peer(endpoint), noPassword.getMessage()),
          noPassword);
    }
  }

  /** Whom a connection for that endpoint is made to: itself, or a proxy; for messages. */
  String peer(URI endpoint) {
    return routes.peer(endpoint);
  }

  private static Deadline toConnect(Deadline deadline) {
    Duration remaining = deadline.remaining();
    return Deadline.after(remaining.compareTo(CONNECT) < 0 ? remaining : CONNECT);
  }

  private static HttpHost target(URI endpoint) {
    HostAndPort place = HostAndPort.of(endpoint);
    boolean hasPort = endpoint.getRawAuthority().endsWith(":" + place.port());
    return new HttpHost(endpoint.getScheme(), place.host(), hasPort ? place.port() : -1);
  }

  private static HttpUriRequestBase message(ApiRequest request, Map<String, String> headers) {
    String query = request.encodedQuery();
    URI target = URI.create(request.encodedPath() + (query.isEmpty() ? "" : "?" + query));
    HttpUriRequestBase message = new HttpUriRequestBase(request.method(), target);
    if (request.body().length > 0) {
      message.setEntity(new ByteArrayEntity(request.body(), null));
    }
    headers.forEach(
        (name, value) -> {
          if (!name.equals("host")) {
            message.setHeader(name, value);
          }
        });
    return message;
  }

  private static Response read(ClassicHttpResponse response, AnswerSize size) throws IOException {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Header header : response.getHeaders()) {
      headers.computeIfAbsent(header.getName(), _ -> new ArrayList<>()).add(header.getValue());
    }
    return new Response(
        response.getCode(),
        HttpHeaders.of(headers, (_, _) -> true),
        body(response.getCode(), response.getEntity(), size));
  }

  /** A failure's status tells enough where a page comes with it. */
  private static byte[] body(int status, @Nullable HttpEntity entity, AnswerSize size)
      throws IOException {
    if (entity == null) {
      return new byte[0];
    }
    InputStream content = entity.getContent();
    byte[] body = content.readNBytes(size.bytes() + 1);
    if (body.length > size.bytes() && status != HttpStatus.SC_OK) {
      return new byte[0];
    }
    if (body.length > size.bytes()) {
      throw Unanswered.lasting(
          "an answer of more than %d bytes, which is none of JD Cloud's".formatted(size.bytes()),
          null);
    }
    return body;
  }

  /** What came back, whatever it says. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Response(int status, HttpHeaders headers, byte[] body) {
    /** A body may be, or have in it, what was to be kept secret. */
    void wipe() {
      Arrays.fill(body, (byte) 0);
    }
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
    names.close();
  }
}
