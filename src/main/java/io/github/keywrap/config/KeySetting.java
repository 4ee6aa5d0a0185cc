package io.github.keywrap.config;

import static io.github.keywrap.config.Setting.optional;
import static io.github.keywrap.config.Setting.required;

import io.github.keywrap.settings.PoolSettings;
import java.util.List;

/** Settings that every type of key has. */
final class KeySetting {
  static final Setting TYPE =
      required("keywrap.keys.*.type", "Back end of the key: `local`, `pkcs11` or `jdcloud`.");
  static final Setting ALGORITHM =
      optional(
          "keywrap.keys.*.algorithm",
          "aes-gcm",
          "`aes-gcm`; with `local` also `sm4-gcm`; with `pkcs11` also `aes-cbc-hmac` (see"
              + " docs/hsm.md), `sm4-gcm`, `sm4-cbc-hmac` and `sm4-sealed` (see docs/sm4.md). Not"
              + " with `jdcloud`.");
  static final Setting GENERATION =
      optional(
          "keywrap.keys.*.generation",
          "0",
          "Raise it by one when you go back to an older key: its id changes, all its ciphertexts"
              + " still open.");
  static final Setting THREADS =
      optional(
          "keywrap.keys.*.pool.threads",
          "",
          "Threads for calls to this key; 0: they run where they arrive, for keys that only"
              + " compute. Default: `local` 0, `pkcs11` 8, `jdcloud` 128, of which one operation has 96 at most.");
  static final Setting QUEUE =
      optional("keywrap.keys.*.pool.queue", "4096", "Calls that may wait for a thread.");

  static final List<Setting> ALL = List.of(TYPE, ALGORITHM, GENERATION, THREADS, QUEUE);

  private KeySetting() {}

  static int generation(SettingReader reader) {
    return reader.number(GENERATION, 0, 999_999);
  }

  /**
   * @param least threads that such a key needs
   * @param otherwise threads, if nothing is given
   */
  static PoolSettings pool(SettingReader reader, int least, int otherwise) {
    return new PoolSettings(
        reader.number(THREADS, least, 1_024, otherwise), reader.number(QUEUE, 1, 1_000_000));
  }
}
