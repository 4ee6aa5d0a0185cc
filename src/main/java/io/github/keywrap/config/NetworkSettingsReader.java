package io.github.keywrap.config;

import io.github.keywrap.settings.CertificateFile;
import io.github.keywrap.settings.ProxyLogin;
import io.github.keywrap.settings.ProxyServer;
import io.github.keywrap.settings.ProxySettings;
import io.github.keywrap.settings.TrustSettings;
import io.github.keywrap.settings.TrustSettings.OfFile;
import io.github.keywrap.settings.TrustSettings.OfRuntime;
import io.github.keywrap.settings.TrustSettings.OfSystem;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads how a remote key is reached: proxy and trust. What the environment says of either counts
 * only where the settings say so, and is warned about elsewhere.
 */
final class NetworkSettingsReader {
  /** Value of {@code proxy}: HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  static final String FROM_ENVIRONMENT = "environment";

  /** Value of {@code trust}: SSL_CERT_FILE and SSL_CERT_DIR, or where distributions keep it. */
  static final String SYSTEM = "system";

  private static final String RUNTIME = "runtime";
  private static final String CERT_FILE = "SSL_CERT_FILE";
  private static final String CERT_FOLDERS = "SSL_CERT_DIR";

  private static final SecretSettings PASSWORD =
      new SecretSettings(
          JdCloudSetting.PROXY_PASSWORD_FILE,
          JdCloudSetting.PROXY_PASSWORD_CREDENTIAL,
          JdCloudSetting.PROXY_PASSWORD_ENVIRONMENT,
          JdCloudSetting.PROXY_PASSWORD_AS_IS);

  private final SettingReader reader;
  private final SecretSourceReader secrets;
  private final Map<String, String> environment;
  private final ProxyVariables variables;

  NetworkSettingsReader(KeySource source) {
    this.reader = source.reader();
    this.secrets = source.secrets();
    this.environment = source.environment();
    this.variables = new ProxyVariables(environment);
  }

  ProxySettings proxy() {
    Optional<ProxyLogin> login = login();
    String text = reader.effective(JdCloudSetting.PROXY).value();
    if (text.isEmpty()) {
      warnOfUnusedProxies();
      return ProxySettings.none();
    }
    if (text.equals(FROM_ENVIRONMENT)) {
      ProxySettings found =
          variables.read(
              (variable, why) ->
                  reader.warning(
                      JdCloudSetting.PROXY,
                      "is from the environment, and %s there %s: it is not used"
                          .formatted(variable, why),
                      "set it to http://HOST:PORT or https://HOST:PORT, or set proxy"));
      return login.isEmpty()
          ? found
          : new ProxySettings(
              found.forHttp().map(server -> with(server, login)),
              found.forHttps().map(server -> with(server, login)),
              found.exceptions());
    }
    return reader
        .parse(
            JdCloudSetting.PROXY,
            HttpAddress::server,
            "an address such as http://HOST:PORT, or environment; a password is set as"
                + " proxy-password")
        .map(server -> ProxySettings.always(with(server, login)))
        .orElseGet(ProxySettings::none);
  }

  private static ProxyServer with(ProxyServer server, Optional<ProxyLogin> login) {
    return new ProxyServer(server.isTls(), server.place(), login.or(server::login));
  }

  private Optional<ProxyLogin> login() {
    String user = reader.effective(JdCloudSetting.PROXY_USER).value();
    Optional<ProxyLogin> login =
        secrets.readOptional(PASSWORD).map(password -> new ProxyLogin(user, Optional.of(password)));
    if (login.isPresent() == user.isEmpty()) {
      reader.problem(
          JdCloudSetting.PROXY_USER,
          user.isEmpty() ? "is missing" : "is given without proxy-password",
          "give both: proxy-user: NAME and proxy-password: { file: PATH }");
    }
    if (!user.isEmpty() && !reader.isGiven(JdCloudSetting.PROXY)) {
      reader.problem(JdCloudSetting.PROXY_USER, "is given without proxy", "name the proxy");
    }
    return login;
  }

  private void warnOfUnusedProxies() {
    for (String variable : List.of(ProxyVariables.HTTP, ProxyVariables.HTTPS)) {
      variables
          .name(variable)
          .ifPresent(
              name ->
                  reader.warning(
                      JdCloudSetting.PROXY,
                      "is not given: %s in the environment is not used".formatted(name),
                      "proxy: environment uses it; unset it if no proxy is meant"));
    }
  }

  TrustSettings trust() {
    if (reader.isGiven(JdCloudSetting.CA_FILE)) {
      Path file = reader.path(JdCloudSetting.CA_FILE);
      CertificateFile.whyUnreadable(file)
          .ifPresent(
              why ->
                  reader.problem(
                      JdCloudSetting.CA_FILE, "cannot be read: " + why, "name a PEM file"));
      return new OfFile(file);
    }
    boolean isSystem =
        reader.choice(JdCloudSetting.TRUST, Map.of(RUNTIME, false, SYSTEM, true), false);
    if (isSystem) {
      return ofSystem();
    }
    for (String variable : List.of(CERT_FILE, CERT_FOLDERS)) {
      if (!environment.getOrDefault(variable, "").isEmpty()) {
        reader.warning(
            JdCloudSetting.TRUST,
            "is runtime: %s in the environment is not used".formatted(variable),
            "trust: system uses it");
      }
    }
    return new OfRuntime();
  }

  private OfSystem ofSystem() {
    OfSystem named =
        new OfSystem(
            Optional.of(environment.getOrDefault(CERT_FILE, ""))
                .filter(file -> !file.isEmpty())
                .map(Path::of),
            Arrays.stream(environment.getOrDefault(CERT_FOLDERS, "").split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of)
                .toList());
    named.file().ifPresent(file -> warnOf(CERT_FILE, file, CertificateFile.whyUnusable(file)));
    named
        .folders()
        .forEach(folder -> warnOf(CERT_FOLDERS, folder, CertificateFile.whyUnlisted(folder)));
    return named;
  }

  /** Go's programs pass over it without a word. */
  private void warnOf(String variable, Path place, Optional<String> trouble) {
    trouble.ifPresent(
        why ->
            reader.warning(
                JdCloudSetting.TRUST,
                "is system, and %s in the environment, %s, cannot be used: %s"
                    .formatted(variable, place, why),
                "name what is there, in PEM, and what this user may read; or unset it"));
  }
}
