package io.github.keywrap.pkcs11;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * At most so many sessions with one token, opened when they are first needed and kept. Idle ones
 * are taken in turn, so that what one session encrypted another decrypts.
 */
final class SessionPool implements AutoCloseable {
  private final Function<Deadline, Session> opener;
  private final Semaphore permits;
  private final Queue<Session> idle = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  SessionPool(int most, Function<Deadline, Session> opener) {
    this.opener = opener;
    this.permits = new Semaphore(most);
  }

  /**
   * Lends a session for one operation. A session in which anything fails is closed.
   *
   * @throws BackendUnavailable if none is free until the deadline
   * @throws Pkcs11Exception if the operation fails or no session can be opened
   */
  <T> T with(Deadline deadline, Function<Session, T> operation) {
    return lend(deadline, false, operation);
  }

  /** Like {@link #with}, in a session that has done nothing before. */
  <T> T withNew(Deadline deadline, Function<Session, T> operation) {
    return lend(deadline, true, operation);
  }

  private <T> T lend(Deadline deadline, boolean fresh, Function<Session, T> operation) {
    acquire(deadline);
    try {
      Session used = fresh ? null : idle.poll();
      Session session = used == null ? opener.apply(deadline) : used;
      boolean good = false;
      try {
        T result = operation.apply(session);
        good = true;
        return result;
      } finally {
        giveBack(session, good);
      }
    } finally {
      permits.release();
    }
  }

  private void giveBack(Session session, boolean good) {
    if (good && !closed) {
      idle.add(session);
    } else {
      session.close();
    }
  }

  private void acquire(Deadline deadline) {
    try {
      if (!permits.tryAcquire(deadline.remaining().toNanos(), NANOSECONDS)) {
        throw BackendUnavailable.deadlineExceeded(
            "all sessions with the token were busy for all the time of the call");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendUnavailable("interrupted", e);
    }
  }

  /** Closes idle sessions now and lent ones when they come back. */
  @Override
  public void close() {
    closed = true;
    for (Session session = idle.poll(); session != null; session = idle.poll()) {
      session.close();
    }
  }
}
