package io.github.keywrap.jdcloud;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * An HTTP client that does what it is told, once: all that Apache's does of its own accord is off.
 * It keeps connections, and looks whether one is still open before it uses it after a pause.
 */
final class OnceOnlyClient {
  /** Attribute of a call's context, an {@link HttpRoute}. */
  static final String ROUTE = "keywrap.route";

  /** More than there are callers: a bulkhead limits those. */
  private static final int MAX_CONNECTIONS = 2_048;

  /** As long as Go's programs keep them. */
  private static final Timeout IDLE = Timeout.ofSeconds(90);

  private static final TimeValue LOOKED_AT_AFTER = TimeValue.ofMilliseconds(20);
  private static final int BUFFER = 4_096;
  private static final int LONGEST_LINE = 8_192;
  private static final int MAX_HEADERS = 100;

  /** After a body in chunks: nobody reads them. */
  private static final int MAX_TRAILERS = 4;

  /** It logs what is sent, at its finest levels. Kept, as nobody else holds on to its level. */
  private static final Logger LOG = Logger.getLogger("org.apache.hc");

  private OnceOnlyClient() {}

  /**
   * @param connections makes them
   */
  static CloseableHttpClient of(HttpClientConnectionOperator connections) {
    LOG.setLevel(Level.WARNING);
    return HttpClientBuilder.create()
        .setConnectionManager(pool(connections))
        .setRoutePlanner((_, context) -> (HttpRoute) context.getAttribute(ROUTE))
        .setDefaultRequestConfig(
            RequestConfig.custom()
                // Without it, that of making the connection. Who waits ends the exchange.
                .setResponseTimeout(Timeout.DISABLED)
                .setAuthenticationEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build())
        .setUserAgent("keywrap")
        .setDefaultCookieSpecRegistry(_ -> null)
        .disableAuthCaching()
        .disableAutomaticRetries()
        .disableConnectionState()
        .disableContentCompression()
        .disableCookieManagement()
        .disableRedirectHandling()
        .build();
  }

  private static PoolingHttpClientConnectionManager pool(HttpClientConnectionOperator connections) {
    PoolingHttpClientConnectionManager pool =
        new PoolingHttpClientConnectionManager(
            connections,
            PoolConcurrencyPolicy.STRICT,
            PoolReusePolicy.LIFO,
            TimeValue.NEG_ONE_MILLISECOND,
            ManagedHttpClientConnectionFactory.builder()
                .http1Config(limits(MAX_TRAILERS))
                .responseParserFactory(_ -> new BoundedHead(limits(MAX_HEADERS)))
                .build());
    pool.setMaxTotal(MAX_CONNECTIONS);
    pool.setDefaultMaxPerRoute(MAX_CONNECTIONS);
    pool.setDefaultConnectionConfig(
        ConnectionConfig.custom()
            .setIdleTimeout(IDLE)
            .setValidateAfterInactivity(LOOKED_AT_AFTER)
            .build());
    return pool;
  }

  private static Http1Config limits(int headers) {
    return Http1Config.custom()
        .setBufferSize(BUFFER)
        .setMaxLineLength(LONGEST_LINE)
        .setMaxHeaderCount(headers)
        .setMaxEmptyLineCount(1)
        .build();
  }
}
