package io.github.keywrap.transport;

import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Calls this process as kube-apiserver does: over the socket, on a new connection, with a call that
 * needs no back end. Only that proves that somebody would be answered. Thread-safe.
 */
final class SelfCall {
  /** Less than kubelet waits for a health check by default, which is a second. */
  private static final Duration LONGEST = Duration.ofMillis(500);

  private final Path socket;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean isAnswered = true;
  private volatile long silentSince;

  SelfCall(Path socket) {
    this.socket = socket;
  }

  /**
   * Makes a call, unless one is under way.
   *
   * @return how long it is since the first call that had no answer; zero if the latest had one
   */
  Duration unanswered() {
    if (lock.tryLock()) {
      try {
        call();
      } finally {
        lock.unlock();
      }
    }
    return isAnswered ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - silentSince);
  }

  private void call() {
    long began = System.nanoTime();
    try (KmsClient client = new KmsClient(socket, LONGEST)) {
      client.version();
      isAnswered = true;
    } catch (StatusRuntimeException noAnswer) {
      silentSince = isAnswered ? began : silentSince;
      isAnswered = false;
    }
  }
}
