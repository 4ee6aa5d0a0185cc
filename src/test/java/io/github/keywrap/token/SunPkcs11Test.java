package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The contract, over the JDK's provider. It initializes a library once and for all, and SoftHSM
 * sees no token that is made later: each test has a copy of the library.
 */
final class SunPkcs11Test extends TokenKeyContract {
  private Path copy = SoftHsm.LIBRARY;
  private int slotListIndex;

  @Override
  protected Path library() {
    return SoftHsm.LIBRARY;
  }

  @Override
  protected String settings(int which) {
    return "";
  }

  @Override
  protected String keySettings(int which, int generation) throws Exception {
    if (copy.equals(SoftHsm.LIBRARY)) {
      copy = SoftHsm.copyOfLibrary(SoftHsm.LIBRARY);
      slotListIndex =
          SoftHsm.slotListIndex(
              BackEnds.describeTokens(new LibrarySettings(SoftHsm.LIBRARY, "")), token());
    }
    return """
        { type: pkcs11, driver: sunpkcs11, library: %s, slot-list-index: %d, key-label: kek-%d, \
        key-id: "%032x", generation: %d, pin: { file: pin } }"""
        .formatted(copy, slotListIndex, which, 4711 + which, generation);
  }

  /** The provider cannot give a key a CKA_ID: the other driver makes them. */
  @Override
  protected void makeKeys(KeySettings first, KeySettings second) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("native.yaml"),
            "keywrap: { state-directory: state, active: first, keys: { first: %s, second: %s } }"
                .formatted(super.keySettings(0, 0), super.keySettings(1, 0)));
    Settings settings = new SettingsLoader(file, Map.of()).load().settings();
    for (KeySettings key : settings.keys()) {
      assertThat(BackEnds.of(key).generate()).contains("key-id:");
    }
  }
}
