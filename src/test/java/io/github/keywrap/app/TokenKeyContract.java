package io.github.keywrap.app;

import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.token.SoftHsm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;

/** The contract, on keys that are on a token. */
abstract class TokenKeyContract extends KeyWrapperContract {
  private String token = "";

  protected abstract Path library() throws Exception;

  /** Further settings, each with a comma before it. */
  protected abstract String settings();

  /** What the token does. */
  protected abstract String[] faults();

  @Override
  protected final void prepare() throws Exception {
    SoftHsm.faults(faults());
    token = SoftHsm.newToken();
    Path pin =
        Files.createFile(
            folder.resolve("pin"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(pin, SoftHsm.PIN + "\n");
  }

  @AfterEach
  final void noFaults() {
    SoftHsm.faults();
  }

  @Override
  protected String keySettings(int which, int generation) throws Exception {
    return """
        { type: pkcs11, library: %s, token: %s, key-label: kek-%d, key-id: "%032x", \
        generation: %d, pin: { file: pin }%s }"""
        .formatted(library(), token, which, 4711 + which, generation, settings());
  }

  @Override
  protected void makeKeys(KeySettings first, KeySettings second) {
    String _ = KeyGeneration.generate(first);
    String _ = KeyGeneration.generate(second);
  }
}
