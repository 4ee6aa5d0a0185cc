package io.github.keywrap.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class JdCloudPluginFileTest {
  @TempDir private Path folder;

  /** Both are said to have no bytes: a limit on their size does not hold them off. */
  @Test
  void neitherAPipeNorADeviceIsRead() throws Exception {
    Path pipe = folder.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assertThat(made.waitFor(10, TimeUnit.SECONDS)).isTrue();
    Path device = Files.createSymbolicLink(folder.resolve("zero"), Path.of("/dev/zero"));
    for (Path path : new Path[] {pipe, device}) {
      assertThatThrownBy(() -> JdCloudPluginFile.read(path)).isInstanceOf(IOException.class);
    }
  }
}
