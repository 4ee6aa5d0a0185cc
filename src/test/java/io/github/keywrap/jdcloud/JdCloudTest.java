package io.github.keywrap.jdcloud;

import io.github.keywrap.contract.KeyWrapperContract;
import io.github.keywrap.fakekms.FakeKms;
import io.github.keywrap.settings.KeySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;

/** The contract, on keys in the fake KMS. */
final class JdCloudTest extends KeyWrapperContract {
  private final FakeKms kms = FakeKms.start();

  @AfterEach
  void stop() {
    kms.close();
  }

  @Override
  protected void prepare() throws IOException {
    var _ = kms.account("AKEXAMPLE", "SKEXAMPLE");
    secret("ak", "AKEXAMPLE\n");
    secret("sk", "SKEXAMPLE\n");
  }

  private void secret(String name, String value) throws IOException {
    Path file = Files.writeString(folder.resolve(name), value);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  @Override
  protected String keySettings(int which, int generation) {
    return """
        { type: jdcloud, endpoint: "%s", key-id: key-%d, generation: %d, \
        access-key: { file: ak }, secret-key: { file: sk } }
        """
        .formatted(kms.endpoint(), which, generation)
        .strip();
  }

  @Override
  protected void makeKeys(KeySettings first, KeySettings second) {
    var _ = kms.key("key-0");
    var _ = kms.key("key-1");
  }

  @Override
  protected boolean bindsTheKeyId() {
    return false;
  }
}
