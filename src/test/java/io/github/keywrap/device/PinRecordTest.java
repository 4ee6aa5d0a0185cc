package io.github.keywrap.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.files.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Something else in the place of a record neither hangs nor ends anybody. */
@Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PinRecordTest {
  @TempDir private Path folder;

  @Test
  void aRecordOfAPinIsNotReadFromAPipeOrADevice() throws Exception {
    for (Path path : new Path[] {pipe("record"), device("zero")}) {
      assertThatThrownBy(() -> record(path.getFileName().toString()).forbids("a source"))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aPipeInTheWayOfANewRecordIsTakenAway() throws Exception {
    PinRecord record = record("record");
    Path _ = pipe("next-record");
    record.refused("a source", "");
    assertThat(record.forbids("a source")).isTrue();
  }

  private PinRecord record(String name) {
    return new PinRecord(new StateDirectory(folder), name);
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
