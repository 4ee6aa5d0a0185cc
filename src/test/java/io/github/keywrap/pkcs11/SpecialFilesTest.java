package io.github.keywrap.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.KmsException.KeyUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Something else in the place of a file that a token's key needs neither hangs nor ends anybody.
 */
@Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SpecialFilesTest {
  @TempDir private Path folder;

  @Test
  void aSealedKeyIsNotReadFromAPipeOrADevice() throws Exception {
    for (Path path : new Path[] {pipe("sealed"), device("zero")}) {
      assertThatThrownBy(() -> new SealedKeyStore.InFile(path).read())
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("cannot be read");
    }
  }

  private Path device(String name) throws IOException {
    return Files.createSymbolicLink(folder.resolve(name), Path.of("/dev/zero"));
  }

  private Path pipe(String name) throws Exception {
    Path path = folder.resolve(name);
    Process made = new ProcessBuilder("mkfifo", path.toString()).start();
    assertThat(made.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return path;
  }
}
