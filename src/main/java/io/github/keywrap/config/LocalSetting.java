package io.github.keywrap.config;

import static io.github.keywrap.config.Setting.LOCAL;

import java.util.List;

/** Settings of {@code type: local}. */
final class LocalSetting {
  static final Setting KEYSTORE =
      Setting.ofType(LOCAL, "keystore", "", true, "File made by `keywrap keygen`.");
  static final Setting PASSPHRASE_FILE =
      Setting.ofType(
          LOCAL, "passphrase.file", "", false, "File that holds the passphrase, mode 0600.");
  static final Setting PASSPHRASE_CREDENTIAL =
      Setting.ofType(
          LOCAL, "passphrase.credential", "", false, "Name of a systemd credential that holds it.");
  static final Setting PASSPHRASE_ENVIRONMENT =
      Setting.ofType(
          LOCAL,
          "passphrase.environment",
          "",
          false,
          "Name of an environment variable that holds it.");
  static final Setting PASSPHRASE_AS_IS = Setting.asIs(LOCAL, "passphrase");

  static final List<Setting> ALL =
      List.of(
          KEYSTORE,
          PASSPHRASE_FILE,
          PASSPHRASE_CREDENTIAL,
          PASSPHRASE_ENVIRONMENT,
          PASSPHRASE_AS_IS);

  private LocalSetting() {}
}
