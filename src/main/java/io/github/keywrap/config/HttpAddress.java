package io.github.keywrap.config;

import static java.util.Locale.ROOT;

import io.github.keywrap.settings.HostAndPort;
import io.github.keywrap.settings.ProxyServer;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads where an HTTP server is. Names of hosts may have underscores, which URIs have not. */
final class HttpAddress {
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<scheme>[Hh][Tt][Tt][Pp][Ss]?)://"
              + "(?<host>[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?|\\[[0-9A-Fa-f:.]+])"
              + "(:(?<port>[0-9]{1,5}))?(?<path>(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*)/?");
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int LAST_PORT = 65_535;

  private HttpAddress() {}

  /**
   * Reads an endpoint: scheme, host, port and a path that all requests begin with. The scheme's own
   * port is left out, as in a Host header, and so is a slash at the end.
   */
  static Optional<URI> endpoint(String text) {
    return parts(text)
        .map(
            parts -> {
              String scheme = parts.group("scheme").toLowerCase(ROOT);
              int port = port(parts);
              return URI.create(
                  scheme
                      + "://"
                      + parts.group("host").toLowerCase(ROOT)
                      + (port == schemesOwn(scheme) ? "" : ":" + port)
                      + parts.group("path"));
            });
  }

  /** Reads a proxy: scheme, host and port. */
  static Optional<ProxyServer> server(String text) {
    return parts(text)
        .filter(parts -> parts.group("path").isEmpty())
        .map(
            parts -> {
              String host = parts.group("host");
              return new ProxyServer(
                  parts.group("scheme").equalsIgnoreCase("https"),
                  new HostAndPort(
                      host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                      port(parts)),
                  Optional.empty());
            });
  }

  private static Optional<Matcher> parts(String text) {
    Matcher parts = ADDRESS.matcher(text);
    return parts.matches() && port(parts) >= 1 && port(parts) <= LAST_PORT
        ? Optional.of(parts)
        : Optional.empty();
  }

  private static int port(Matcher parts) {
    return parts.group("port") == null
        ? schemesOwn(parts.group("scheme").toLowerCase(ROOT))
        : Integer.parseInt(parts.group("port"));
  }

  private static int schemesOwn(String scheme) {
    return scheme.equals("http") ? HTTP_PORT : HTTPS_PORT;
  }
}
