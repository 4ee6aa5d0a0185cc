package io.github.keywrap.config;

import static java.util.Locale.ROOT;

import java.util.List;
import java.util.stream.Stream;

/**
 * One setting: its name, default and meaning. This list is the only place that knows which settings
 * there are: the loader, the environment names, {@code config show} and the table in {@code
 * docs/configuration.md} come from it.
 *
 * @param name with {@code *} for the name of a key
 * @param defaultValue empty if there is none
 * @param required whether it must be given
 * @param type of key that it belongs to; empty: all
 * @param meaning one line, in Markdown
 */
public record Setting(
    String name, String defaultValue, boolean required, String type, String meaning) {
  static final String ANY_TYPE = "";
  static final String LOCAL = "local";
  static final String PKCS11 = "pkcs11";

  static final String ROOT_NAME = "keywrap.";
  static final String KEYS = "keywrap.keys.";
  static final String ANY_KEY = KEYS + "*.";

  static final Setting SOCKET_PATH =
      optional(
          "keywrap.socket.path",
          "/var/run/k8s-kms-plugin/kms-plugin.sock",
          "Where the socket is. Its folder must exist, and nobody else may write there.");
  static final Setting SOCKET_MODE =
      optional(
          "keywrap.socket.mode",
          "0600",
          "Mode of the socket file, octal: `0600`, or `0660` to let `group` connect.");
  static final Setting SOCKET_GROUP =
      optional("keywrap.socket.group", "", "Group of the socket file; empty: that of the process.");
  static final Setting SOCKET_TAKEOVER_WAIT =
      optional(
          "keywrap.socket.takeover-wait",
          "15s",
          "How long a new process waits for the old one to let go of the socket.");
  static final Setting ACTIVE =
      required("keywrap.active", "Name of the key that wraps; every key below unwraps.");
  static final Setting VERIFY_WRAP =
      optional(
          "keywrap.verify-wrap",
          "sampled",
          "Which v1 wraps are unwrapped and compared before they are answered: `always`, `sampled`"
              + " (the first, then 1 in 100) or `off`. v2 wraps always are.");
  static final Setting CALL_TIMEOUT =
      optional(
          "keywrap.call-timeout",
          "10s",
          "Longest time for one call; an earlier deadline of the caller wins.");
  static final Setting SHUTDOWN_GRACE =
      optional("keywrap.shutdown-grace", "10s", "How long calls in flight may take after SIGTERM.");
  static final Setting HEALTH_INTERVAL =
      optional("keywrap.health-interval", "10s", "Pause between two probes of a key.");
  static final Setting STATUS_ON_OUTAGE =
      optional(
          "keywrap.status.on-outage",
          "coast",
          "v2 Status while the back end is away: `coast` (unhealthy, but with the key id, so that"
              + " writes go on) or `fail`.");
  static final Setting STATUS_MAX_COAST =
      optional("keywrap.status.max-coast", "24h", "Longest time to coast.");
  static final Setting MANAGEMENT_ENABLED =
      optional(
          "keywrap.management.enabled", "true", "Whether health and metrics are served at all.");
  static final Setting MANAGEMENT_HOST =
      optional("keywrap.management.host", "127.0.0.1", "Address of health and metrics.");
  static final Setting MANAGEMENT_PORT =
      optional("keywrap.management.port", "8799", "Port of health and metrics.");
  static final Setting STATE_DIRECTORY =
      optional(
          "keywrap.state-directory",
          "/var/lib/keywrap",
          "Where it is kept that a token refused a PIN, so that none is tried twice.");
  static final Setting KEY_TYPE =
      required("keywrap.keys.*.type", "Back end of the key: `local` or `pkcs11`.");
  static final Setting KEY_ALGORITHM =
      optional("keywrap.keys.*.algorithm", "aes-gcm", "`aes-gcm`, or with `local` also `sm4-gcm`.");
  static final Setting KEY_GENERATION =
      optional(
          "keywrap.keys.*.generation",
          "0",
          "Raise it by one when you go back to an older key: its id changes, all its ciphertexts"
              + " still open.");
  static final Setting KEY_KEYSTORE =
      ofType(LOCAL, "keystore", "", true, "File made by `keywrap keygen`.");
  static final Setting KEY_PASSPHRASE_FILE =
      ofType(LOCAL, "passphrase.file", "", false, "File that holds the passphrase, mode 0600.");
  static final Setting KEY_PASSPHRASE_CREDENTIAL =
      ofType(
          LOCAL, "passphrase.credential", "", false, "Name of a systemd credential that holds it.");
  static final Setting KEY_PASSPHRASE_ENVIRONMENT =
      ofType(
          LOCAL,
          "passphrase.environment",
          "",
          false,
          "Name of an environment variable that holds it.");
  static final Setting KEY_LIBRARY =
      ofType(PKCS11, "library", "", true, "PKCS#11 library of the token's vendor.");
  static final Setting KEY_TOKEN =
      ofType(PKCS11, "token", "", true, "Label of the token, or `serial:` and its serial number.");
  static final Setting KEY_PIN_FILE =
      ofType(PKCS11, "pin.file", "", false, "File that holds the user's PIN, mode 0600.");
  static final Setting KEY_PIN_CREDENTIAL =
      ofType(PKCS11, "pin.credential", "", false, "Name of a systemd credential that holds it.");
  static final Setting KEY_PIN_ENVIRONMENT =
      ofType(
          PKCS11, "pin.environment", "", false, "Name of an environment variable that holds it.");
  static final Setting KEY_USER_TYPE =
      ofType(
          PKCS11,
          "user-type",
          "user",
          false,
          "Who logs in: `user`, or the number of a vendor's own kind of user, such as"
              + " `0x80000001`.");
  static final Setting KEY_LABEL =
      ofType(
          PKCS11,
          "key-label",
          "",
          false,
          "CKA_LABEL of the key. With `key-id`, both must fit; exactly one key must.");
  static final Setting KEY_ID =
      ofType(PKCS11, "key-id", "", false, "CKA_ID of the key in hex, as `keygen` prints it.");
  static final Setting KEY_IDENTITY =
      ofType(
          PKCS11,
          "identity",
          "",
          false,
          "What names the key in ciphertexts if its CKA_ID is under 8 bytes: a name that no other"
              + " key ever had or will have.");
  static final Setting KEY_ALLOW_WEAK =
      ofType(
          PKCS11,
          "allow-weak-key",
          "false",
          false,
          "Whether a key may be used that is not private, not sensitive or extractable.");
  static final Setting KEY_GCM_IV =
      ofType(
          PKCS11,
          "gcm-iv",
          "client",
          false,
          "Who makes the IV: `client` (keywrap), or the token, which writes it into the parameters"
              + " (`written-back`) or after the ciphertext (`appended`).");
  static final Setting KEY_GCM_IV_LENGTH =
      ofType(PKCS11, "gcm-iv-length", "12", false, "Length of the IV in bytes, 12 to 16.");
  static final Setting KEY_GCM_PARAMS =
      ofType(
          PKCS11,
          "gcm-params",
          "48",
          false,
          "Length of CK_GCM_PARAMS in bytes: `48`, or `40` for libraries that do not know"
              + " ulIvBits.");
  static final Setting KEY_THREADS =
      optional(
          "keywrap.keys.*.pool.threads",
          "",
          "Threads for calls to this key; 0: they run where they arrive, for keys that only"
              + " compute. Default: `local` 0, `pkcs11` 8.");
  static final Setting KEY_QUEUE =
      optional("keywrap.keys.*.pool.queue", "4096", "Calls that may wait for a thread.");

  /** Every setting there is, in the order of the documentation. */
  public static final List<Setting> ALL =
      List.of(
          SOCKET_PATH,
          SOCKET_MODE,
          SOCKET_GROUP,
          SOCKET_TAKEOVER_WAIT,
          ACTIVE,
          VERIFY_WRAP,
          CALL_TIMEOUT,
          SHUTDOWN_GRACE,
          HEALTH_INTERVAL,
          STATUS_ON_OUTAGE,
          STATUS_MAX_COAST,
          MANAGEMENT_ENABLED,
          MANAGEMENT_HOST,
          MANAGEMENT_PORT,
          STATE_DIRECTORY,
          KEY_TYPE,
          KEY_ALGORITHM,
          KEY_GENERATION,
          KEY_KEYSTORE,
          KEY_PASSPHRASE_FILE,
          KEY_PASSPHRASE_CREDENTIAL,
          KEY_PASSPHRASE_ENVIRONMENT,
          KEY_LIBRARY,
          KEY_TOKEN,
          KEY_PIN_FILE,
          KEY_PIN_CREDENTIAL,
          KEY_PIN_ENVIRONMENT,
          KEY_USER_TYPE,
          KEY_LABEL,
          KEY_ID,
          KEY_IDENTITY,
          KEY_ALLOW_WEAK,
          KEY_GCM_IV,
          KEY_GCM_IV_LENGTH,
          KEY_GCM_PARAMS,
          KEY_THREADS,
          KEY_QUEUE);

  private static Setting optional(String name, String defaultValue, String meaning) {
    return new Setting(name, defaultValue, false, ANY_TYPE, meaning);
  }

  private static Setting required(String name, String meaning) {
    return new Setting(name, "", true, ANY_TYPE, meaning);
  }

  private static Setting ofType(
      String type, String name, String defaultValue, boolean required, String meaning) {
    return new Setting(ANY_KEY + name, defaultValue, required, type, meaning);
  }

  /** Whether it belongs to each key rather than to the whole. */
  boolean isPerKey() {
    return name.startsWith(ANY_KEY);
  }

  /** The full name for one key. */
  String nameFor(String key) {
    return name.replace("*", key);
  }

  /** The name within a key, for example {@code passphrase.file}. */
  String nameWithinKey() {
    return name.substring(ANY_KEY.length());
  }

  /** The environment variable that overrides a setting of that name. */
  static String environmentName(String name) {
    return name.replaceAll("[.-]", "_").toUpperCase(ROOT);
  }

  static Stream<Setting> perKey() {
    return ALL.stream().filter(Setting::isPerKey);
  }

  /** Those of a key of that type; of any key, if it is no type. */
  static Stream<Setting> perKey(String type) {
    boolean isType = type.equals(LOCAL) || type.equals(PKCS11);
    return perKey()
        .filter(setting -> !isType || setting.type.isEmpty() || setting.type.equals(type));
  }

  static Stream<Setting> common() {
    return ALL.stream().filter(setting -> !setting.isPerKey());
  }
}
