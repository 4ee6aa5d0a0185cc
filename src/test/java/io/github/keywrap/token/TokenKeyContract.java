package io.github.keywrap.token;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.contract.KeyWrapperContract;
import io.github.keywrap.settings.KeySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;

/** The contract, on keys that are on a token. */
abstract class TokenKeyContract extends KeyWrapperContract {
  private String token = "";

  protected Path library() throws Exception {
    return SoftHsm.faultyLibrary();
  }

  /** Makes a token on which {@link SoftHsm#PIN} is the user's PIN, and returns its label. */
  protected String newToken() throws Exception {
    return SoftHsm.newToken();
  }

  /** Further settings of one of the keys, each with a comma before it. */
  protected abstract String settings(int which);

  /** What the token does. */
  protected String[] faults() {
    return new String[] {};
  }

  final String token() {
    return token;
  }

  @Override
  protected final void prepare() throws Exception {
    SoftHsm.faults(faults());
    token = newToken();
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
        .formatted(library(), token, which, 4711 + which, generation, settings(which));
  }

  @Override
  protected void makeKeys(KeySettings first, KeySettings second) throws Exception {
    String _ = BackEnds.of(first).generate();
    String _ = BackEnds.of(second).generate();
  }
}
