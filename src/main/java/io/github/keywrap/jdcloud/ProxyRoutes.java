package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.HostAndPort;
import io.github.keywrap.settings.ProxyLogin;
import io.github.keywrap.settings.ProxyServer;
import io.github.keywrap.settings.ProxySettings;
import java.net.URI;
import java.util.Optional;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;

/** The way to an endpoint: directly, or through a proxy that may want to know who uses it. */
record ProxyRoutes(ProxySettings settings) {
  /** To that endpoint; its credentials for the proxy go into the context. */
  HttpRoute route(URI endpoint, HttpClientContext context) {
    HostAndPort place = HostAndPort.of(endpoint);
    HttpHost target = new HttpHost(endpoint.getScheme(), place.host(), place.port());
    boolean isTls = target.getSchemeName().equals("https");
    Optional<ProxyServer> server = settings.server(endpoint);
    if (server.isEmpty()) {
      return new HttpRoute(target, null, isTls);
    }
    HttpHost proxy =
        new HttpHost(
            server.get().isTls() ? "https" : "http",
            server.get().place().host(),
            server.get().place().port());
    server.get().login().ifPresent(login -> context.setAuthExchange(proxy, basic(login)));
    return new HttpRoute(target, null, proxy, isTls);
  }

  /** Whom a connection on the way to that endpoint is made to, for messages. */
  String peer(URI endpoint) {
    return settings
        .server(endpoint)
        .map(server -> "the proxy " + server.place().text())
        .orElseGet(() -> HostAndPort.of(endpoint).text());
  }

  /** Sent at once, so that no request is sent twice. */
  @SuppressWarnings("deprecation") // another charset than ASCII has no other way
  private static AuthExchange basic(ProxyLogin login) {
    BasicScheme scheme = new BasicScheme(UTF_8);
    scheme.initPreemptive(new UsernamePasswordCredentials(login.user(), password(login)));
    AuthExchange exchange = new AuthExchange();
    exchange.select(scheme);
    return exchange;
  }

  private static char[] password(ProxyLogin login) {
    if (login.password().isEmpty()) {
      return new char[0];
    }
    try (SecretBytes secret = login.password().get().read()) {
      return new String(secret.expose(), UTF_8).toCharArray();
    }
  }
}
