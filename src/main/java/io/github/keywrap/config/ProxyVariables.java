package io.github.keywrap.config;

import io.github.keywrap.settings.HostAndPort;
import io.github.keywrap.settings.ProxyExceptions;
import io.github.keywrap.settings.ProxyLogin;
import io.github.keywrap.settings.ProxyPassword;
import io.github.keywrap.settings.ProxyServer;
import io.github.keywrap.settings.ProxySettings;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HTTP_PROXY, HTTPS_PROXY and NO_PROXY, also in lower case, as Go's programs read them: {@code
 * [http[s]://][user[:password]@]host[:port]}. What follows that is no part of an address.
 */
final class ProxyVariables {
  static final String HTTP = "HTTP_PROXY";
  static final String HTTPS = "HTTPS_PROXY";
  private static final String EXCEPTIONS = "NO_PROXY";

  private static final Pattern PROXY =
      Pattern.compile(
          "(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?"
              + "(?:(?<user>[^:/]*)(?::(?<password>[^/]*))?@)?"
              + "(?:\\[(?<v6>[0-9A-Fa-f:.]+)]|(?<host>[A-Za-z0-9_.-]+))(?::(?<port>[0-9]{1,5}))?(?:[/?#].*)?");
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int LAST_PORT = 65_535;

  private final Map<String, String> environment;

  ProxyVariables(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Name of the variable that is set, in capitals or not. */
  Optional<String> name(String variable) {
    return List.of(variable, variable.toLowerCase(java.util.Locale.ROOT)).stream()
        .filter(name -> !environment.getOrDefault(name, "").isEmpty())
        .findFirst();
  }

  /**
   * What they say.
   *
   * @param warn told the variable that is not honoured, and why
   */
  ProxySettings read(BiConsumer<String, String> warn) {
    return new ProxySettings(
        server(HTTP, warn),
        server(HTTPS, warn),
        ProxyExceptions.of(name(EXCEPTIONS).map(environment::get).orElse("")));
  }

  private Optional<ProxyServer> server(String variable, BiConsumer<String, String> warn) {
    Optional<String> name = name(variable);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Matcher parts = PROXY.matcher(environment.getOrDefault(name.get(), ""));
    if (!parts.matches()) {
      warn.accept(name.get(), "is no address of a proxy");
      return Optional.empty();
    }
    String scheme = parts.group("scheme") == null ? "http" : parts.group("scheme");
    if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
      warn.accept(name.get(), "names a proxy that is neither http nor https");
      return Optional.empty();
    }
    boolean isTls = scheme.equalsIgnoreCase("https");
    int schemesOwn = isTls ? HTTPS_PORT : HTTP_PORT;
    int port = parts.group("port") == null ? schemesOwn : Integer.parseInt(parts.group("port"));
    if (port < 1 || port > LAST_PORT) {
      warn.accept(name.get(), "has a port that is none");
      return Optional.empty();
    }
    String host = parts.group("v6") == null ? parts.group("host") : parts.group("v6");
    return Optional.of(
        new ProxyServer(isTls, new HostAndPort(host, port), login(name.get(), parts)));
  }

  private static Optional<ProxyLogin> login(String variable, Matcher parts) {
    if (parts.group("user") == null) {
      return Optional.empty();
    }
    String password = parts.group("password") == null ? "" : decode(parts.group("password"));
    return Optional.of(
        new ProxyLogin(
            decode(parts.group("user")),
            password.isEmpty()
                ? Optional.empty()
                : Optional.of(new ProxyPassword(variable, password))));
  }

  /** Percent-encoded octets; a plus sign is one. A lone percent sign stands for itself. */
  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return text;
    }
  }
}
