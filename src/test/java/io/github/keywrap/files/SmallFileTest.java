package io.github.keywrap.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SmallFileTest {
  @TempDir private Path folder;

  @Test
  void readsAFileUpToTheLimitAlsoThroughALink() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[] {1, 2, 3});
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(SmallFile.read(file, 3)).containsExactly(1, 2, 3);
    assertThat(SmallFile.read(link, 3)).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> SmallFile.read(file, 2))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is over 2 bytes");
  }

  @Test
  void aFileThatIsNotThereIsToldFromOneThatCannotBeRead() {
    assertThatThrownBy(() -> SmallFile.read(folder.resolve("none"), 1))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> SmallFile.read(folder, 1)).hasMessageContaining("is no regular file");
  }

  @Test
  void neitherAPipeNorADeviceIsOpened() throws Exception {
    assertNoFile(pipe());
    assertNoFile(Files.createSymbolicLink(folder.resolve("zero"), Path.of("/dev/zero")));
  }

  @Test
  void aFileOf200MegabytesIsReadToTheLimitOnly() throws IOException {
    Path file = folder.resolve("large");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(200_000_000);
    }
    assertThatThrownBy(() -> SmallFile.read(file, 1_000)).hasMessageContaining("is over");
  }

  private static void assertNoFile(Path path) {
    assertThatThrownBy(() -> SmallFile.read(path, 1_000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no regular file");
  }

  private Path pipe() throws Exception {
    Path path = folder.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", path.toString()).start();
    assertThat(made.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return path;
  }
}
