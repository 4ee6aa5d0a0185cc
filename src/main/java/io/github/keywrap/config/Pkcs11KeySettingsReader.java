package io.github.keywrap.config;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.settings.GcmIv;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.PoolSettings;
import io.github.keywrap.settings.TokenName;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

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

  private static final SecretSettings PIN =
      new SecretSettings(
          Setting.KEY_PIN_FILE, Setting.KEY_PIN_CREDENTIAL, Setting.KEY_PIN_ENVIRONMENT);
  private static final Map<String, GcmIv> IVS =
      Map.of(
          "client", GcmIv.CLIENT, "written-back", GcmIv.WRITTEN_BACK, "appended", GcmIv.APPENDED);

  private final SettingReader reader;
  private final SecretSourceReader secrets;

  Pkcs11KeySettingsReader(SettingReader reader, SecretSourceReader secrets) {
    this.reader = reader;
    this.secrets = secrets;
  }

  Pkcs11KeySettings read(String key) {
    String label = reader.text(Setting.KEY_LABEL, key);
    String id = id(key);
    if (label.isEmpty() && id.isEmpty()) {
      reader.problem(
          Setting.KEY_LABEL,
          key,
          "is missing, and key-id too",
          "say which key: key-label, key-id or both");
    }
    return new Pkcs11KeySettings(
        key,
        reader.path(Setting.KEY_LIBRARY, key),
        token(reader.text(Setting.KEY_TOKEN, key)),
        secrets.read(PIN, key),
        userType(key),
        label,
        id,
        identity(key),
        reader.choice(
            Setting.KEY_ALGORITHM,
            key,
            Map.of(Algorithm.AES_GCM.label(), Algorithm.AES_GCM),
            Algorithm.AES_GCM),
        reader.choice(Setting.KEY_GCM_IV, key, IVS, GcmIv.CLIENT),
        reader.number(Setting.KEY_GCM_IV_LENGTH, key, 12, 16),
        reader.choice(Setting.KEY_GCM_PARAMS, key, Map.of("48", 48, "40", 40), 48),
        reader.flag(Setting.KEY_ALLOW_WEAK, key),
        reader.number(Setting.KEY_GENERATION, key, 0, 999_999),
        new PoolSettings(
            reader.number(Setting.KEY_THREADS, key, 1, 1_024, THREADS),
            reader.number(Setting.KEY_QUEUE, key, 1, 1_000_000)),
        reader.path(Setting.STATE_DIRECTORY, COMMON));
  }

  private static TokenName token(String text) {
    return text.startsWith(SERIAL)
        ? new TokenName.Serial(text.substring(SERIAL.length()))
        : new TokenName.Label(text);
  }

  private String id(String key) {
    return reader
        .parse(
            Setting.KEY_ID,
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
            Setting.KEY_IDENTITY,
            key,
            text -> Optional.of(text).filter(t -> t.isEmpty() || IDENTITY.matcher(t).matches()),
            "8 to 100 letters, digits, dots, hyphens or underscores")
        .orElse("");
  }

  private long userType(String key) {
    return reader
        .parse(
            Setting.KEY_USER_TYPE,
            key,
            text -> Optional.of(text.equals("user") ? CKU_USER : Long.decode(text)),
            "user or a number such as 0x80000001")
        .orElse(CKU_USER);
  }
}
