package io.github.keywrap.settings;

import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which HTTP proxy requests go through, by the scheme of where they go to.
 *
 * @param forHttp empty: none
 * @param forHttps empty: none
 * @param exceptions where requests go to directly all the same
 */
public record ProxySettings(
    Optional<ProxyServer> forHttp, Optional<ProxyServer> forHttps, ProxyExceptions exceptions) {

  public static ProxySettings none() {
    return new ProxySettings(Optional.empty(), Optional.empty(), ProxyExceptions.none());
  }

  /** One proxy for everything. */
  public static ProxySettings always(ProxyServer server) {
    return new ProxySettings(Optional.of(server), Optional.of(server), ProxyExceptions.none());
  }

  /**
   * The proxy for an endpoint, if there is one.
   *
   * @param endpoint with a scheme and an authority
   */
  public Optional<ProxyServer> server(URI endpoint) {
    HostAndPort target = HostAndPort.of(endpoint);
    return (endpoint.getScheme().equals("https") ? forHttps : forHttp)
        .filter(_ -> !exceptions.cover(target));
  }

  /** The passwords of the proxies. */
  Stream<SecretSource> secrets() {
    return Stream.of(forHttp, forHttps)
        .flatMap(Optional::stream)
        .flatMap(server -> server.login().stream())
        .flatMap(login -> login.password().stream())
        .<SecretSource>map(password -> password)
        .distinct();
  }
}
