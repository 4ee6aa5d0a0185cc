package io.github.keywrap.jdcloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A fake KMS for each test, which no test may send the same nonce twice. */
abstract class JdCloudCase {
  @TempDir Path folder;
  JdCloudKey key;

  @BeforeEach
  final void start() throws IOException {
    key = new JdCloudKey(folder);
  }

  @AfterEach
  final void noNonceWasEverUsedTwice() {
    assertThat(key.kms.nonceConflicts()).isZero();
    key.close();
  }
}
