package io.github.keywrap.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketLockTest {
  private static final long OWN = ProcessHandle.current().pid();

  @TempDir private Path folder;

  @Test
  void aHolderOfThisContainerIsNamedByItsProcessId() throws Exception {
    Path file = folder.resolve("lock");
    try (SocketLock lock = SocketLock.tryAcquire(file)) {
      assertThat(lock).isNotNull();
      assertThat(SocketLock.holder(file)).isEqualTo("process " + OWN);
      assertThat(SocketLock.tryAcquire(file)).isNull();
    }
  }

  /** In each container there is a process 1, and it is another one. */
  @Test
  void aHolderOfAnotherContainerIsNotTakenForAProcessOfThisOne() throws Exception {
    Path file = folder.resolve("lock");
    Files.writeString(file, "%-20d\n%-30s\n".formatted(OWN, "pid:[4]"));
    assertThat(SocketLock.holder(file))
        .isEqualTo("a keywrap in another container, where it is process " + OWN);
  }

  @Test
  void nobodyIsNamedThatIsNotKnown() throws Exception {
    Path file = folder.resolve("lock");
    assertThat(SocketLock.holder(file)).isEqualTo("another keywrap");
    Files.writeString(file, "no number\n");
    assertThat(SocketLock.holder(file)).isEqualTo("another keywrap");
  }

  /** What it holds is for messages alone. */
  @Test
  void aFullDiskKeepsNobodyFromTheLock() throws Exception {
    try (SocketLock lock = SocketLock.tryAcquire(Path.of("/dev/full"))) {
      assertThat(lock).isNotNull();
    }
  }
}
