package io.github.keywrap.token;

import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** A folder with a settings file for keys called {@code kek}, each on a token as the test wants. */
record KeysOnTokens(Path folder) {
  /** With the PIN of all tokens in a file called pin, and no faults. */
  static KeysOnTokens in(Path folder) throws IOException {
    SoftHsm.faults();
    KeysOnTokens keys = new KeysOnTokens(folder);
    Path _ = keys.pin("pin", SoftHsm.PIN);
    return keys;
  }

  /** Writes a file that holds a PIN. */
  Path pin(String file, String pin) throws IOException {
    Path path = folder.resolve(file);
    if (!Files.exists(path)) {
      Files.createFile(path, PosixFilePermissions.asFileAttribute(TokenKey.PRIVATE));
    }
    return Files.writeString(path, pin + "\n");
  }

  /** Settings of one key, with further ones, each with a comma before it. */
  Settings settings(Path library, String token, String more) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("keys.yaml"),
            """
            keywrap:
              state-directory: state
              call-timeout: 2s
              health-interval: 200ms
              active: k
              keys: { k: { type: pkcs11, library: %s, token: %s, key-label: kek%s } }
            """
                .formatted(library, token, more));
    return new SettingsLoader(file, Map.of()).load().settings();
  }

  Pkcs11KeySettings key(Path library, String token, String more) throws IOException {
    return (Pkcs11KeySettings) settings(library, token, more).active();
  }

  /** A key whose PIN is in the file called pin. */
  Pkcs11KeySettings keyWithPin(Path library, String token) throws IOException {
    return key(library, token, ", pin: { file: pin }");
  }

  /** Goes the way to a key as {@code check} does, and as serving does. */
  static void requireServes(Pkcs11KeySettings key) {
    new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD);
    try (KeyWrapper wrapper = new Pkcs11BackEnd(key).open()) {
      RoundTrip.of(wrapper);
    }
  }
}
