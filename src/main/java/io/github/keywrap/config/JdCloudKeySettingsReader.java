package io.github.keywrap.config;

import io.github.keywrap.settings.AssumedRoleSettings;
import io.github.keywrap.settings.CredentialSettings;
import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.SigningScheme;
import io.github.keywrap.settings.SigningSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads a key of {@code type: jdcloud}. */
final class JdCloudKeySettingsReader implements KeyType.Reading {

  /**
   * As many calls as wait for the KMS at once; each waits for the network, and does little else.
   * Three of four may be of one operation.
   */
  private static final int THREADS = 128;

  /** Fits into a key id with a version and a generation, and into a path without encoding. */
  private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,64}");
  private static final Pattern ROLE = Pattern.compile("jrn:[!-~]{1,250}");
  private static final Pattern SESSION_NAME = Pattern.compile("[A-Za-z0-9_=,.@-]{2,64}");

  private static final SecretSettings ACCESS_KEY =
      new SecretSettings(
          JdCloudSetting.ACCESS_KEY_FILE,
          JdCloudSetting.ACCESS_KEY_CREDENTIAL,
          JdCloudSetting.ACCESS_KEY_ENVIRONMENT,
          JdCloudSetting.ACCESS_KEY_AS_IS,
          Optional.of(new SecretSettings.JsonPlace(JdCloudSetting.ACCESS_KEY_JSON, "AccessKey")));
  private static final SecretSettings SECRET_KEY =
      new SecretSettings(
          JdCloudSetting.SECRET_KEY_FILE,
          JdCloudSetting.SECRET_KEY_CREDENTIAL,
          JdCloudSetting.SECRET_KEY_ENVIRONMENT,
          JdCloudSetting.SECRET_KEY_AS_IS,
          Optional.of(new SecretSettings.JsonPlace(JdCloudSetting.SECRET_KEY_JSON, "SecretKey")));
  private static final SecretSettings SESSION_TOKEN =
      new SecretSettings(
          JdCloudSetting.SESSION_TOKEN_FILE,
          JdCloudSetting.SESSION_TOKEN_CREDENTIAL,
          JdCloudSetting.SESSION_TOKEN_ENVIRONMENT,
          JdCloudSetting.SESSION_TOKEN_AS_IS);

  private final SettingReader reader;
  private final SecretSourceReader secrets;
  private final NetworkSettingsReader network;

  JdCloudKeySettingsReader(KeySource source) {
    this.reader = source.reader();
    this.secrets = source.secrets();
    this.network = new NetworkSettingsReader(source);
  }

  @Override
  public KeySettings read() {
    return new JdCloudKeySettings(
        reader.key(),
        endpoint(JdCloudSetting.ENDPOINT),
        matching(JdCloudSetting.KEY_ID, KEY_ID, "letters, digits, dot, hyphen, underscore"),
        new SigningSettings(
            reader.choice(
                JdCloudSetting.SIGNATURE,
                Map.of("jdcloud2", SigningScheme.JDCLOUD2, "jdcloud3", SigningScheme.JDCLOUD3),
                SigningScheme.JDCLOUD2),
            matching(JdCloudSetting.SIGNATURE_REGION, REGION, "a region, or jdcloud-api")),
        new CredentialSettings(
            secrets.read(ACCESS_KEY),
            secrets.read(SECRET_KEY),
            secrets.readOptional(SESSION_TOKEN),
            assumedRole()),
        network.trust(),
        network.proxy(),
        reader.duration(
            JdCloudSetting.REQUEST_TIMEOUT, Duration.ofMillis(100), Duration.ofSeconds(30)),
        versionInterval(),
        reader.path(ServerSetting.STATE_DIRECTORY),
        KeySetting.generation(reader),
        KeySetting.pool(reader, 1, THREADS));
  }

  private URI endpoint(Setting setting) {
    String text = reader.text(setting);
    if (text.isEmpty()) {
      return URI.create("https://missing");
    }
    URI endpoint =
        reader
            .parse(setting, HttpAddress::endpoint, "an address such as https://HOST[:PORT][/PATH]")
            .orElse(URI.create("https://missing"));
    if ("http".equals(endpoint.getScheme())) {
      reader.warning(
          setting,
          "is http: whoever sees the network's traffic can read the keys that encrypt Secrets",
          "use https; JD Cloud's kms.internal.* names may have none: then it is a choice to justify");
    }
    return endpoint;
  }

  private String matching(Setting setting, Pattern pattern, String expected) {
    String text = reader.text(setting);
    return text.isEmpty()
        ? text
        : reader
            .parse(
                setting,
                value -> Optional.of(value).filter(v -> pattern.matcher(v).matches()),
                expected)
            .orElse("");
  }

  private Optional<AssumedRoleSettings> assumedRole() {
    if (!reader.isGiven(JdCloudSetting.ROLE)) {
      return Optional.empty();
    }
    return Optional.of(
        new AssumedRoleSettings(
            endpoint(JdCloudSetting.ROLE_ENDPOINT),
            matching(JdCloudSetting.ROLE, ROLE, "a JRN such as jrn:iam::ACCOUNT:role/NAME"),
            matching(JdCloudSetting.ROLE_SESSION, SESSION_NAME, "2 to 64 letters, digits, _=,.@-"),
            reader.duration(
                JdCloudSetting.ROLE_DURATION, Duration.ofHours(1), Duration.ofHours(12))));
  }

  private Optional<Duration> versionInterval() {
    Duration interval =
        reader.duration(
            JdCloudSetting.VERSION_INTERVAL, Duration.ofMillis(100), Duration.ofHours(1));
    boolean isOn =
        reader.choice(JdCloudSetting.VERSION_TRACKING, Map.of("on", true, "off", false), true);
    return isOn ? Optional.of(interval) : Optional.empty();
  }
}
