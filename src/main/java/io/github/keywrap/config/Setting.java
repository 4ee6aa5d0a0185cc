package io.github.keywrap.config;

import static java.util.Locale.ROOT;

/**
 * One setting: its name, default and meaning.
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
  static final String JDCLOUD = "jdcloud";

  static final String ROOT_NAME = "keywrap.";
  static final String KEYS = "keywrap.keys.";
  static final String ANY_KEY = KEYS + "*.";

  static Setting optional(String name, String defaultValue, String meaning) {
    return new Setting(name, defaultValue, false, ANY_TYPE, meaning);
  }

  static Setting required(String name, String meaning) {
    return new Setting(name, "", true, ANY_TYPE, meaning);
  }

  static Setting ofType(
      String type, String name, String defaultValue, boolean required, String meaning) {
    return new Setting(ANY_KEY + name, defaultValue, required, type, meaning);
  }

  /** Whether a secret that is in a file or a credential is taken literally. */
  static Setting asIs(String type, String secret) {
    return ofType(
        type,
        secret + ".as-is",
        "false",
        false,
        "Whether each byte of its file or credential counts, see Secrets below.");
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
}
