package io.github.keywrap.device;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Held while a PIN is tried at one token, by one thread of one process of the node. Other tokens
 * are not held up.
 */
final class LoginLock implements AutoCloseable {
  /** A file lock is the process's: threads need locks of their own. */
  private static final Map<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

  private static final long AGAIN_MILLIS = 20;

  private final ReentrantLock inProcess;
  private final FileChannel channel;

  private LoginLock(ReentrantLock inProcess, FileChannel channel) {
    this.inProcess = inProcess;
    this.channel = channel;
  }

  /**
   * Waits for the lock until the deadline: another login may hang in its library.
   *
   * @throws BackendUnavailable if it is not free until then
   * @throws IOException if its file cannot be made
   */
  static LoginLock acquire(Path file, Deadline deadline) throws IOException {
    ReentrantLock inProcess =
        IN_PROCESS.computeIfAbsent(file.toAbsolutePath(), _ -> new ReentrantLock());
    lock(inProcess, deadline);
    try {
      return new LoginLock(inProcess, locked(file, deadline));
    } catch (IOException | RuntimeException e) {
      inProcess.unlock();
      throw e;
    }
  }

  private static void lock(ReentrantLock inProcess, Deadline deadline) {
    try {
      if (!inProcess.tryLock(deadline.remaining().toNanos(), NANOSECONDS)) {
        throw busy("another login of this process");
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** A file lock can only be waited for without a limit, or be asked for again and again. */
  private static FileChannel locked(Path file, Deadline deadline) throws IOException {
    FileChannel channel = FileChannel.open(file, CREATE, WRITE);
    try {
      while (channel.tryLock() == null) {
        if (deadline.isExpired()) {
          throw busy("a login of another process");
        }
        Thread.sleep(AGAIN_MILLIS);
      }
      return channel;
    } catch (InterruptedException e) {
      channel.close();
      throw interrupted(e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static BackendUnavailable busy(String who) {
    return new BackendUnavailable(
        "no login is tried: %s at that token has not come back from C_Login, which hangs; look at"
                .formatted(who)
            + " the HSM and its client",
        null);
  }

  private static BackendUnavailable interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new BackendUnavailable("interrupted", e);
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      inProcess.unlock();
    }
  }
}
