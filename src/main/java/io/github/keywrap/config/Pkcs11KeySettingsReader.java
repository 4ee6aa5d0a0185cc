package io.github.keywrap.config;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.settings.KeyAttributes;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.PoolSettings;
import io.github.keywrap.settings.SecretSource;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import io.github.keywrap.settings.TokenName;
import io.github.keywrap.settings.TokenSettings;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads a key of {@code type: pkcs11}. */
final class Pkcs11KeySettingsReader {
  private static final String COMMON = "";
  private static final String SERIAL = "serial:";

  /** {@code CKU_USER} (PKCS #11 3.1, section 3.4). */
  private static final long CKU_USER = 1;

  /** A call waits for the token: it needs a thread. */
  private static final int THREADS = 8;

  /** A name of its own, and the algorithm, fit into a key id with this. */
  private static final Pattern IDENTITY = Pattern.compile("[A-Za-z0-9._-]{8,100}");

  private static final int MOST_ID_BYTES = 64;
  private static final int LEAST_NAMING_ID_BYTES = 8;

  private static final SecretSettings PIN =
      new SecretSettings(
          Pkcs11Setting.PIN_FILE,
          Pkcs11Setting.PIN_CREDENTIAL,
          Pkcs11Setting.PIN_ENVIRONMENT,
          Pkcs11Setting.PIN_AS_IS);

  private final SettingReader reader;
  private final SecretSourceReader secrets;
  private final TokenProfileReader profiles;

  Pkcs11KeySettingsReader(SettingReader reader, SecretSourceReader secrets) {
    this.reader = reader;
    this.secrets = secrets;
    this.profiles = new TokenProfileReader(reader);
  }

  KeySettings read(String key) {
    return reader
        .choice(
            Pkcs11Setting.DRIVER,
            key,
            Map.<String, Function<String, KeySettings>>of(
                "native", this::nativeDriver, "sunpkcs11", this::sunPkcs11),
            this::nativeDriver)
        .apply(key);
  }

  private Pkcs11KeySettings nativeDriver(String key) {
    refuse(Pkcs11Setting.notForNative(), key, "native");
    String label = reader.text(Pkcs11Setting.KEY_LABEL, key);
    String id = id(key);
    if (label.isEmpty() && id.isEmpty()) {
      reader.problem(
          Pkcs11Setting.KEY_LABEL,
          key,
          "is missing, and key-id too",
          "say which key: key-label, key-id or both");
    }
    return new Pkcs11KeySettings(
        key,
        new TokenSettings(
            reader.path(Pkcs11Setting.LIBRARY, key),
            token(required(Pkcs11Setting.TOKEN, key)),
            pin(key),
            userType(key),
            stateDirectory()),
        new KeyAttributes(label, id, identity(key)),
        profiles.read(key),
        reader.flag(Pkcs11Setting.ALLOW_WEAK, key),
        generation(key),
        pool(key));
  }

  private SunPkcs11KeySettings sunPkcs11(String key) {
    refuse(Pkcs11Setting.notForSunPkcs11(), key, "sunpkcs11");
    Algorithm _ =
        reader.choice(
            KeySetting.ALGORITHM,
            key,
            Map.of(Algorithm.AES_GCM.label(), Algorithm.AES_GCM),
            Algorithm.AES_GCM);
    boolean hasIndex = !required(Pkcs11Setting.SLOT_LIST_INDEX, key).isEmpty();
    return new SunPkcs11KeySettings(
        key,
        reader.path(Pkcs11Setting.LIBRARY, key),
        hasIndex ? reader.number(Pkcs11Setting.SLOT_LIST_INDEX, key, 0, 1_000_000) : 0,
        pin(key),
        stateDirectory(),
        required(Pkcs11Setting.KEY_LABEL, key),
        givenIdentity(key),
        checkValue(key),
        generation(key),
        pool(key));
  }

  /** The provider does not show the CKA_ID: the settings must say it. */
  private String givenIdentity(String key) {
    String id = id(key);
    String identity = identity(key);
    if (identity.isEmpty() && id.length() < 2 * LEAST_NAMING_ID_BYTES) {
      reader.problem(
          Pkcs11Setting.KEY_ID,
          key,
          "is missing or under 8 bytes, and driver: sunpkcs11 cannot see it",
          "set it to what \"keywrap token list\" prints, or set identity:");
    }
    return identity.isEmpty() ? id : identity;
  }

  private byte[] checkValue(String key) {
    return reader
        .parse(
            Pkcs11Setting.CHECK_VALUE,
            key,
            text -> Optional.of(Base64.getDecoder().decode(text)),
            "base64, as \"keywrap check\" prints it")
        .orElse(new byte[0]);
  }

  private void refuse(Stream<Setting> settings, String key, String driver) {
    settings
        .filter(setting -> reader.isGiven(setting, key))
        .forEach(setting -> reader.problem(setting, key, "is not for driver: " + driver, ""));
  }

  private String required(Setting setting, String key) {
    String text = reader.text(setting, key);
    if (text.isEmpty()) {
      reader.problem(setting, key, "is missing", setting.meaning());
    }
    return text;
  }

  private static TokenName token(String text) {
    return text.startsWith(SERIAL)
        ? new TokenName.Serial(text.substring(SERIAL.length()))
        : new TokenName.Label(text);
  }

  private SecretSource pin(String key) {
    return secrets.read(PIN, key);
  }

  private Path stateDirectory() {
    return reader.path(ServerSetting.STATE_DIRECTORY, COMMON);
  }

  private int generation(String key) {
    return reader.number(KeySetting.GENERATION, key, 0, 999_999);
  }

  private PoolSettings pool(String key) {
    return new PoolSettings(
        reader.number(KeySetting.THREADS, key, 1, 1_024, THREADS),
        reader.number(KeySetting.QUEUE, key, 1, 1_000_000));
  }

  private String id(String key) {
    return reader
        .parse(
            Pkcs11Setting.KEY_ID,
            key,
            text ->
                Optional.of(HexFormat.of().parseHex(text)).filter(b -> b.length <= MOST_ID_BYTES),
            "up to 64 bytes in hex")
        .map(HexFormat.of()::formatHex)
        .orElse("");
  }

  private String identity(String key) {
    return reader
        .parse(
            Pkcs11Setting.IDENTITY,
            key,
            text -> Optional.of(text).filter(t -> t.isEmpty() || IDENTITY.matcher(t).matches()),
            "8 to 100 letters, digits, dots, hyphens or underscores")
        .orElse("");
  }

  private long userType(String key) {
    return reader
        .parse(
            Pkcs11Setting.USER_TYPE,
            key,
            text -> Optional.of(text.equals("user") ? CKU_USER : Long.decode(text)),
            "user or a number such as 0x80000001")
        .orElse(CKU_USER);
  }
}
