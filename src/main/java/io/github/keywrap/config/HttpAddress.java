package io.github.keywrap.config;

import static java.util.Locale.ROOT;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** Reads where an HTTP server is: scheme, host and port, and nothing else. */
final class HttpAddress {
  private static final Set<String> SCHEMES = Set.of("http", "https");
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private HttpAddress() {}

  /**
   * Reads an address; the scheme's own port is left out, as in a Host header.
   *
   * @throws IllegalArgumentException if it is no URI
   */
  static Optional<URI> parse(String text) {
    URI uri = URI.create(text);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(ROOT);
    boolean isAddress =
        SCHEMES.contains(scheme)
            && uri.getHost() != null
            && uri.getUserInfo() == null
            && (uri.getPath().isEmpty() || uri.getPath().equals("/"))
            && uri.getQuery() == null
            && uri.getFragment() == null;
    if (!isAddress) {
      return Optional.empty();
    }
    int port = uri.getPort();
    boolean isSchemesOwn = port == (scheme.equals("http") ? HTTP_PORT : HTTPS_PORT);
    String address = uri.getHost().toLowerCase(ROOT) + (port < 0 || isSchemesOwn ? "" : ":" + port);
    return Optional.of(URI.create(scheme + "://" + address));
  }
}
