package io.github.keywrap.contract;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.settings.KeySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The contract, on keys in keystore files. */
abstract class LocalKeyContract extends KeyWrapperContract {
  protected abstract String algorithm();

  @Override
  protected final void prepare() throws IOException {
    Path passphrase = folder.resolve("passphrase");
    Files.createFile(
        passphrase,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passphrase, "a passphrase\n");
  }

  @Override
  protected String keySettings(int which, int generation) {
    return """
        { type: local, algorithm: %s, keystore: key-%d.jwe, generation: %d, \
        passphrase: { file: passphrase } }"""
        .formatted(algorithm(), which, generation);
  }

  @Override
  protected void makeKeys(KeySettings first, KeySettings second) {
    String _ = BackEnds.of(first).generate();
    String _ = BackEnds.of(second).generate();
  }
}
