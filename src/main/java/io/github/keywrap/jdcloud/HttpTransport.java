package io.github.keywrap.jdcloud;

import static java.net.http.HttpResponse.BodySubscribers.limiting;
import static java.net.http.HttpResponse.BodySubscribers.ofByteArray;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * Sends one request once: HTTP/1.1 on kept-alive connections, no redirect, no cookie, no retry, an
 * end to every wait.
 */
final class HttpTransport implements AutoCloseable {
  private static final int HTTP_PORT = 80;

  /**
   * Nothing that the client does for a request waits, but for the resolution of names; see send.
   */
  private static final Executor SAME_THREAD = Runnable::run;

  private final HttpClient client;

  /**
   * @param connectTimeout for a connection to be made
   * @param proxy {@code http://host:port}; empty: none, also where the JVM has one set
   * @param trust empty: what the Java runtime trusts
   */
  HttpTransport(Duration connectTimeout, Optional<URI> proxy, Optional<SSLContext> trust) {
    sendOnceOnly();
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .executor(SAME_THREAD)
            .proxy(proxy.map(HttpTransport::selector).orElse(HttpClient.Builder.NO_PROXY));
    trust.ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /**
   * The client would silently send a GET again, with the same nonce, on a new connection if a
   * kept-alive one ends under it; these switches are all it has for that (java.net.http, system
   * properties). It reads them when it sends for the first time. Not in a static initializer: that
   * would run while a native executable is built.
   */
  private static void sendOnceOnly() {
    System.setProperty("jdk.httpclient.redirects.retrylimit", "1");
    System.setProperty("jdk.httpclient.disableRetryConnect", "true");
  }

  private static ProxySelector selector(URI proxy) {
    int port = proxy.getPort() < 0 ? HTTP_PORT : proxy.getPort();
    return ProxySelector.of(InetSocketAddress.createUnresolved(proxy.getHost(), port));
  }

  /**
   * Sends the request. A name server that does not answer holds it up, since names are resolved in
   * this thread; who calls has a bulkhead that gives the thread up.
   *
   * @param headers all there are; Host is what the client itself makes of the endpoint
   */
  Exchange start(URI endpoint, ApiRequest request, Map<String, String> headers) {
    String query = request.encodedQuery();
    String target = endpoint + request.encodedPath() + (query.isEmpty() ? "" : "?" + query);
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(target))
            .method(
                request.method(),
                request.body().length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(request.body()))
            .setHeader("user-agent", "keywrap");
    headers.forEach(
        (name, value) -> {
          if (!name.equals("host")) {
            builder.setHeader(name, value);
          }
        });
    return Exchange.start(client, builder.build(), request.answer());
  }

  /** What came back, whatever it says. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Response(int status, HttpHeaders headers, byte[] body) {}

  /**
   * One request and its response, which is there as soon as its last byte is: the client itself
   * tells of it one change of threads later.
   *
   * @param whole the client's own; it alone knows of failures
   */
  record Exchange(
      CompletableFuture<Response> received, CompletableFuture<HttpResponse<byte[]>> whole)
      implements AutoCloseable {

    static Exchange start(HttpClient client, HttpRequest request, AnswerSize size) {
      CompletableFuture<Response> received = new CompletableFuture<>();
      CompletableFuture<HttpResponse<byte[]>> whole =
          client.sendAsync(request, head -> body(head, size, received));
      whole.whenComplete(
          (_, failure) -> {
            if (failure != null) {
              received.completeExceptionally(failure);
            }
          });
      return new Exchange(received, whole);
    }

    private static BodySubscriber<byte[]> body(
        ResponseInfo head, AnswerSize size, CompletableFuture<Response> received) {
      BodySubscriber<byte[]> body = limiting(ofByteArray(), size.bytes());
      body.getBody()
          .thenAccept(
              bytes -> received.complete(new Response(head.statusCode(), head.headers(), bytes)));
      return body;
    }

    /**
     * Waits for the whole answer and leaves the exchange as it is.
     *
     * @return empty if there is none within {@code time}
     * @throws Unanswered if there will be none
     */
    Optional<Response> await(Duration time) {
      return await(received, time);
    }

    /**
     * Waits for the answer to either.
     *
     * @return empty if there is none within {@code time}
     * @throws Unanswered if there will be none to either
     */
    static Optional<Response> awaitEither(Exchange first, Exchange second, Duration time) {
      CompletableFuture<Response> either = new CompletableFuture<>();
      first.tell(either, second);
      second.tell(either, first);
      return await(either, time);
    }

    private void tell(CompletableFuture<Response> either, Exchange other) {
      CompletableFuture<?> _ =
          received.whenComplete(
              (response, failure) -> {
                if (response != null) {
                  either.complete(response);
                } else if (other.received.isCompletedExceptionally()) {
                  either.completeExceptionally(failure);
                }
              });
    }

    private static Optional<Response> await(CompletableFuture<Response> answer, Duration time) {
      try {
        return Optional.of(answer.get(time.toNanos(), NANOSECONDS));
      } catch (TimeoutException e) {
        return Optional.empty();
      } catch (ExecutionException e) {
        throw failure(e.getCause() == null ? e : e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Unanswered.lasting("interrupted", e);
      }
    }

    boolean isAnswered() {
      return received.isDone() && !received.isCompletedExceptionally();
    }

    /** Gives up what has no answer yet, and ends its connection; others are kept. */
    @Override
    public void close() {
      if (!received.isDone()) {
        whole.cancel(true);
      }
    }
  }

  private static Unanswered failure(Throwable cause) {
    return switch (cause) {
      case SSLException e when e.getCause() instanceof CertificateException ->
          Unanswered.lasting(
              "no TLS connection: the certificate is not trusted or not for this host; see ca-file",
              e);
      case SSLException e ->
          Unanswered.passing("no TLS connection: is this the right port, is a proxy between?", e);
      case ConnectException e when e.getCause() instanceof UnresolvedAddressException ->
          Unanswered.passing("the host name is not known", e);
      case ConnectException e -> Unanswered.passing("no connection", e);
      case IOException e ->
          Unanswered.passing(
              "the connection ended or broke (%s)".formatted(e.getClass().getSimpleName()), e);
      default ->
          Unanswered.lasting("the HTTP client failed: " + cause.getClass().getSimpleName(), cause);
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
