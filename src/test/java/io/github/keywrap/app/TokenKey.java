package io.github.keywrap.app;

import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.settings.TokenName;
import io.github.keywrap.settings.TokenSettings;
import io.github.keywrap.token.SoftHsm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Settings of a key on a new token of the library with faults, in a folder. */
final class TokenKey {
  private final Path folder;
  private final String token;

  private TokenKey(Path folder, String token) {
    this.folder = folder;
    this.token = token;
  }

  static TokenKey in(Path folder) throws Exception {
    SoftHsm.faults();
    TokenKey key = new TokenKey(folder, SoftHsm.newToken());
    Files.createFile(
        folder.resolve("pin"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    key.pin(SoftHsm.PIN);
    return key;
  }

  void pin(String pin) throws IOException {
    Files.writeString(folder.resolve("pin"), pin + "\n");
  }

  String token() {
    return token;
  }

  /** Loads the settings, with further ones for the key, each with a comma before it. */
  Settings settings(String more) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keywrap.yaml"),
            """
            keywrap:
              state-directory: state
              call-timeout: 2s
              health-interval: 200ms
              active: k
              keys: { k: { type: pkcs11, library: %s, token: %s, key-label: kek, \
            pin: { file: pin }%s } }
            """
                .formatted(SoftHsm.faultyLibrary(), token, more));
    return new SettingsLoader(file, Map.of()).load().settings();
  }

  Pkcs11KeySettings key(String more) throws Exception {
    return (Pkcs11KeySettings) settings(more).active();
  }

  /** The same key on another token. */
  Pkcs11KeySettings keyOn(TokenName name) throws Exception {
    Pkcs11KeySettings key = key("");
    TokenSettings token = key.token();
    return new Pkcs11KeySettings(
        key.name(),
        new TokenSettings(
            token.library(), name, token.pin(), token.userType(), token.stateDirectory()),
        key.key(),
        key.profile(),
        key.allowWeakKey(),
        key.generation(),
        key.pool());
  }
}
