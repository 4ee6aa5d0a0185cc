package io.github.keywrap.token;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.settings.TokenName;
import io.github.keywrap.settings.TokenSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Settings of a key on a new token of the library with faults, in a folder. */
final class TokenKey {
  static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");

  private final Path folder;
  private final String token;

  private TokenKey(Path folder, String token) {
    this.folder = folder;
    this.token = token;
  }

  static TokenKey in(Path folder) throws Exception {
    SoftHsm.faults();
    TokenKey key = new TokenKey(folder, SoftHsm.newToken());
    Files.createFile(folder.resolve("pin"), PosixFilePermissions.asFileAttribute(PRIVATE));
    key.pin(SoftHsm.PIN);
    return key;
  }

  /** Makes two keys on one new token, as in every rotation: kek-a and kek-b. */
  static List<Pkcs11KeySettings> twoOnOneToken(Path folder) throws Exception {
    List<Pkcs11KeySettings> keys = in(folder).two();
    keys.forEach(key -> BackEnds.of(key).generate());
    return keys;
  }

  /** The settings of two keys on this token, kek-a and kek-b. */
  List<Pkcs11KeySettings> two() throws Exception {
    return settingsOfTwo("a").keys().stream().map(Pkcs11KeySettings.class::cast).toList();
  }

  /**
   * The same, to serve with.
   *
   * @param active a or b
   */
  Settings settingsOfTwo(String active) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("two.yaml"),
            """
            keywrap:
              state-directory: state
              call-timeout: 2s
              active: %3$s
              keys:
                a: { type: pkcs11, library: %1$s, token: %2$s, key-label: kek-a, pin: { file: pin } }
                b: { type: pkcs11, library: %1$s, token: %2$s, key-label: kek-b, pin: { file: pin } }
            """
                .formatted(SoftHsm.faultyLibrary(), token, active));
    return new SettingsLoader(file, Map.of()).load().settings();
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
    return at(key, key.token().library(), name);
  }

  /** The same key by another name of the library. */
  static Pkcs11KeySettings keyIn(Pkcs11KeySettings key, Path library) {
    return at(key, new LibrarySettings(library, ""), key.token().name());
  }

  private static Pkcs11KeySettings at(
      Pkcs11KeySettings key, LibrarySettings library, TokenName name) {
    TokenSettings token = key.token();
    return new Pkcs11KeySettings(
        key.name(),
        new TokenSettings(
            library,
            name,
            token.login(),
            token.makerLogin(),
            token.writes(),
            token.stateDirectory()),
        key.key(),
        key.profile(),
        key.allowWeakKey(),
        key.generation(),
        key.pool());
  }
}
