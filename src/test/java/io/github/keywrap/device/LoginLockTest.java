package io.github.keywrap.device;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoginLockTest {
  @TempDir private Path folder;

  /** Not the state directory is at fault, and nothing about it is to be looked at. */
  @Test
  void aLoginThatHangsIsNamedToTheNextOne() throws Exception {
    Path file = folder.resolve("lock");
    try (LoginLock _ = acquire(file, Duration.ofSeconds(1))) {
      CompletableFuture<LoginLock> other =
          CompletableFuture.supplyAsync(() -> acquire(file, Duration.ofMillis(50)));
      assertThatThrownBy(other::join)
          .cause()
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("has not come back from C_Login");
    }
  }

  private static LoginLock acquire(Path file, Duration most) {
    try {
      return LoginLock.acquire(file, Deadline.after(most));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
