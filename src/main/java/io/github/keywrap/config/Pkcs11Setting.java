package io.github.keywrap.config;

import java.util.List;
import java.util.stream.Stream;

/** Settings of {@code type: pkcs11}. */
final class Pkcs11Setting {
  static final Setting DRIVER =
      of(
          "driver",
          "native",
          "Way to the library: `native` (keywrap's own), or `sunpkcs11` (the JDK's provider; JVM"
              + " only, `aes-gcm` only, see docs/hsm.md).");
  static final Setting LIBRARY =
      Setting.ofType(Setting.PKCS11, "library", "", true, "PKCS#11 library of the token's vendor.");
  static final Setting LIBRARY_PARAMETERS =
      of(
          "library-parameters",
          "",
          "Text for C_Initialize (`pReserved`), for libraries that want one, such as NSS. The same"
              + " for all keys of a library.");
  static final Setting TOKEN =
      of(
          "token",
          "",
          "Label of the token, or `serial:` and its serial number. With `driver: sunpkcs11`,"
              + " `slot-list-index` may stand in its place or beside it; with both, both must fit.");
  static final Setting SLOT_LIST_INDEX =
      of(
          "slot-list-index",
          "",
          "With `driver: sunpkcs11`: place of the token's slot in the list of all slots, from 0, as"
              + " `token list` prints it.");
  static final Setting SESSION =
      of(
          "session",
          "read-only",
          "`read-only`, or `read-write` for tokens that work in such sessions only.");
  static final Setting LOGIN =
      of(
          "login",
          "pin",
          "`pin`; `pin-pad`: somebody types the PIN at the token; or `none`, for keys that need no"
              + " login.");
  static final Setting PIN_FILE = of("pin.file", "", "File that holds the user's PIN, mode 0600.");
  static final Setting PIN_CREDENTIAL =
      of("pin.credential", "", "Name of a systemd credential that holds it.");
  static final Setting PIN_ENVIRONMENT =
      of("pin.environment", "", "Name of an environment variable that holds it.");
  static final Setting PIN_AS_IS = Setting.asIs(Setting.PKCS11, "pin");
  static final Setting USER_TYPE =
      of(
          "user-type",
          "user",
          "Who logs in: `user`, or the number of a vendor's own kind of user, such as"
              + " `0x80000001`.");
  static final Setting KEYGEN_USER_TYPE =
      of(
          "keygen.user-type",
          "",
          "Who makes keys, where that is another user than the one who wraps; as `user-type`.");
  static final Setting KEYGEN_PIN_FILE =
      of("keygen.pin.file", "", "File that holds that user's PIN; only `keygen` reads it.");
  static final Setting KEYGEN_PIN_CREDENTIAL =
      of("keygen.pin.credential", "", "Name of a systemd credential that holds it.");
  static final Setting KEYGEN_PIN_ENVIRONMENT =
      of("keygen.pin.environment", "", "Name of an environment variable that holds it.");
  static final Setting KEYGEN_PIN_AS_IS = of("keygen.pin.as-is", "false", "As `pin.as-is`.");
  static final Setting KEY_LABEL =
      of(
          "key-label",
          "",
          "CKA_LABEL of the key. With `key-id`, both must fit; exactly one key must.");
  static final Setting KEY_ID =
      of("key-id", "", "CKA_ID of the key in hex, as `keygen` prints it.");
  static final Setting IDENTITY =
      of(
          "identity",
          "",
          "What names the key in ciphertexts if its CKA_ID is under 8 bytes: a name that no other"
              + " key ever had or will have.");
  static final Setting CHECK_VALUE =
      of(
          "check-value",
          "",
          "With `driver: sunpkcs11`: a ciphertext, in base64, that the key must open before it is"
              + " used. `check` prints one.");
  static final Setting ALLOW_WEAK =
      of(
          "allow-weak-key",
          "false",
          "Whether a key may be used that is not private, not sensitive or extractable.");
  static final Setting GCM_IV =
      of(
          "gcm-iv",
          "client",
          "Who makes the IV: `client` (keywrap), or the token, which writes it into the parameters"
              + " (`written-back`) or after the ciphertext (`appended`; `appended-null` if it wants"
              + " no room for one in the parameters).");
  static final Setting GCM_IV_LENGTH =
      of(
          "gcm-iv-length",
          "",
          "Length of the IV in bytes, 12 to 16. Default: 12; with `gcm-iv: appended-null` 16.");
  static final Setting GCM_PARAMS =
      of(
          "gcm-params",
          "48",
          "Length of CK_GCM_PARAMS in bytes: `48`, or `40` for libraries that do not know"
              + " ulIvBits.");
  static final Setting VENDOR =
      of(
          "vendor",
          "",
          "With `sm4-*`: numbers of SM4 in this vendor's library, each of which the settings below override: `"
              + String.join("`, `", VendorNumbers.PRESETS.keySet())
              + "`.");
  static final Setting SM4_KEY_GEN =
      of("mechanisms.sm4-key-gen", "", "CKM number that makes SM4 keys; only `keygen` needs it.");
  static final Setting SM4_GCM = of("mechanisms.sm4-gcm", "", "CKM number of SM4-GCM.");
  static final Setting SM4_CBC =
      of("mechanisms.sm4-cbc", "", "CKM number of SM4-CBC without padding.");
  static final Setting SM4_CBC_PAD =
      of(
          "mechanisms.sm4-cbc-pad",
          "",
          "CKM number of SM4-CBC with padding; used if `mechanisms.sm4-cbc` is not known.");
  static final Setting SM3_HMAC =
      of(
          "mechanisms.sm3-hmac",
          "",
          "CKM number of HMAC-SM3. If given, `sm4-cbc-hmac` uses it instead of HMAC-SHA-256: decide"
              + " before the key is used, it is part of the key id.");
  static final Setting SM4_KEY_TYPE = of("key-types.sm4", "", "CKK number of SM4 keys.");
  static final Setting HMAC_KEY_TYPE =
      of(
          "key-types.hmac",
          "0x10",
          "CKK number of the MAC key of `*-cbc-hmac`; CKK_GENERIC_SECRET.");
  static final Setting SEALED_KEY_FILE =
      of(
          "sealed-key.file",
          "",
          "With `sm4-sealed`: file that holds the sealed key. Empty: a private data object on the"
              + " token.");

  static final List<Setting> ALL =
      List.of(
          DRIVER,
          LIBRARY,
          LIBRARY_PARAMETERS,
          TOKEN,
          SLOT_LIST_INDEX,
          SESSION,
          LOGIN,
          PIN_FILE,
          PIN_CREDENTIAL,
          PIN_ENVIRONMENT,
          PIN_AS_IS,
          USER_TYPE,
          KEYGEN_USER_TYPE,
          KEYGEN_PIN_FILE,
          KEYGEN_PIN_CREDENTIAL,
          KEYGEN_PIN_ENVIRONMENT,
          KEYGEN_PIN_AS_IS,
          KEY_LABEL,
          KEY_ID,
          IDENTITY,
          CHECK_VALUE,
          ALLOW_WEAK,
          GCM_IV,
          GCM_IV_LENGTH,
          GCM_PARAMS,
          VENDOR,
          SM4_KEY_GEN,
          SM4_GCM,
          SM4_CBC,
          SM4_CBC_PAD,
          SM3_HMAC,
          SM4_KEY_TYPE,
          HMAC_KEY_TYPE,
          SEALED_KEY_FILE);

  private static final List<Setting> OF_BOTH_DRIVERS =
      List.of(
          DRIVER,
          LIBRARY,
          LIBRARY_PARAMETERS,
          TOKEN,
          PIN_FILE,
          PIN_CREDENTIAL,
          PIN_ENVIRONMENT,
          PIN_AS_IS,
          KEY_LABEL,
          KEY_ID,
          IDENTITY);

  private static final List<Setting> OF_SUNPKCS11 = List.of(SLOT_LIST_INDEX, CHECK_VALUE);

  private Pkcs11Setting() {}

  /** What {@code driver: native} has no use for. */
  static Stream<Setting> notForNative() {
    return OF_SUNPKCS11.stream();
  }

  /** What {@code driver: sunpkcs11} has no use for. */
  static Stream<Setting> notForSunPkcs11() {
    return ALL.stream()
        .filter(setting -> !OF_BOTH_DRIVERS.contains(setting) && !OF_SUNPKCS11.contains(setting));
  }

  private static Setting of(String name, String defaultValue, String meaning) {
    return Setting.ofType(Setting.PKCS11, name, defaultValue, false, meaning);
  }
}
