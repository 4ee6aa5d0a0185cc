package io.github.keywrap.transport;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits until nobody else serves on a path: first for the lock, which every keywrap holds while it
 * runs, then for silence, since another plugin knows nothing of the lock.
 */
final class SocketTakeover {
  private static final Duration POLL = Duration.ofMillis(20);

  private final SocketPath path;
  private final Deadline deadline;
  private final Consumer<String> onWait;
  private boolean told;

  /**
   * Prepares to wait.
   *
   * @param onWait told, once, for whom it waits
   */
  SocketTakeover(SocketPath path, Deadline deadline, Consumer<String> onWait) {
    this.path = path;
    this.deadline = deadline;
    this.onWait = onWait;
  }

  /**
   * Takes the lock of the path; nothing is touched where a file or link stands there.
   *
   * @throws OperatorException if somebody else serves on the path until the deadline
   */
  SocketLock acquire() {
    SocketPath.Occupant _ = path.occupant();
    SocketLock lock = acquireLock();
    try {
      while (path.occupant() == SocketPath.Occupant.LIVE_SOCKET) {
        waitFor("another program");
      }
      return lock;
    } catch (OperatorException e) {
      lock.close();
      throw e;
    }
  }

  private SocketLock acquireLock() {
    Path lockFile = path.sibling(".lock");
    try {
      @Nullable SocketLock lock;
      while ((lock = SocketLock.tryAcquire(lockFile)) == null) {
        waitFor(SocketLock.holder(lockFile));
      }
      return lock;
    } catch (IOException e) {
      throw new OperatorException(
          "lock file " + lockFile + " cannot be used: " + SystemWords.of(e),
          "check that this user may write to its folder, and that it is no link");
    }
  }

  private void waitFor(String who) {
    if (deadline.isExpired()) {
      throw inUse(path, who);
    }
    if (!told) {
      told = true;
      onWait.accept(
          "%s serves on %s; waiting up to %d ms for it to end"
              .formatted(who, path, deadline.remaining().toMillis()));
    }
    LockSupport.parkNanos(POLL.toNanos());
  }

  static OperatorException inUse(SocketPath path, String who) {
    return new OperatorException(
        "socket " + path + " is in use by " + who,
        "stop that process, or set keywrap.socket.path to another path");
  }
}
