package io.github.keywrap.pkcs11;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.device.DoubtfulCiphertextException;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lends sessions with one token. Opened when they are first needed and kept; idle ones are taken in
 * turn. Where the token allows two, one is never lent: it keeps the login when others fail.
 */
final class SessionPool {
  private final Function<Deadline, Session> opener;
  private final SessionLimit limit;
  private final Deque<Session> idle = new ArrayDeque<>();
  private final SessionCloser closer = new SessionCloser();
  private @Nullable Session loginKeeper;
  private volatile boolean isOver;

  /**
   * @param most sessions that the token allows
   * @param opener opens one
   */
  SessionPool(int most, Function<Deadline, Session> opener) {
    this.limit = new SessionLimit(most);
    this.opener = opener;
  }

  /**
   * Takes note of what is of use.
   *
   * @param more sessions at once; negative: fewer
   */
  synchronized void wish(int more) {
    limit.wish(more);
  }

  /** Whether it lends nothing any more. */
  boolean isOver() {
    return isOver;
  }

  /**
   * Lends a session for one operation. One in which the token fails is closed.
   *
   * @param fresh whether it is to be one that has done nothing before, if there may be one more
   * @throws BackendUnavailable if none is free until the deadline
   * @throws Pkcs11Exception if the operation fails or no session can be opened
   */
  <T> T lend(Deadline deadline, boolean fresh, Function<Session, T> operation) {
    Session session = take(deadline, fresh);
    boolean good = false;
    try {
      T result = operation.apply(session);
      good = true;
      return result;
    } catch (KmsException notOfTheSession) {
      good = true;
      throw notOfTheSession;
    } catch (DoubtfulCiphertextException perhapsNotOfTheSession) {
      good = isOnly();
      throw perhapsNotOfTheSession;
    } finally {
      giveBack(session, good);
    }
  }

  /** Whether there can be no other session, nor a login without this one. */
  private synchronized boolean isOnly() {
    return limit.open() == 1;
  }

  private Session take(Deadline deadline, boolean fresh) {
    while (true) {
      Session session = takeIdleOrReserve(deadline, fresh);
      if (session != null) {
        return session;
      }
      try {
        return opener.apply(deadline);
      } catch (Pkcs11Exception e) {
        notOpened(e.value() == ReturnValue.SESSION_COUNT);
        if (e.value() != ReturnValue.SESSION_COUNT) {
          throw e;
        }
      } catch (RuntimeException e) {
        notOpened(false);
        throw e;
      }
    }
  }

  /** An idle session; null: the caller is to open one. */
  private synchronized @Nullable Session takeIdleOrReserve(Deadline deadline, boolean fresh) {
    while (true) {
      if (isOver) {
        throw over();
      }
      if (!idle.isEmpty() && !(fresh && limit.hasPlace())) {
        return idle.poll();
      }
      if (limit.takePlace()) {
        return null;
      }
      awaitFreed(deadline);
    }
  }

  private synchronized void awaitFreed(Deadline deadline) {
    try {
      long left = deadline.remaining().toNanos();
      if (left <= 0) {
        throw BackendUnavailable.deadlineExceeded(
            "all sessions with the token were busy for all the time of the call");
      }
      long untilMayOpen = limit.nanosFull();
      NANOSECONDS.timedWait(this, untilMayOpen > 0 ? Math.min(left, untilMayOpen) : left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendUnavailable("interrupted", e);
    }
  }

  /**
   * @param isFull whether the token has no more sessions
   */
  private synchronized void notOpened(boolean isFull) {
    if (!isFull) {
      limit.notOpened();
    } else if (limit.full()) {
      lendLoginKeeper();
    }
    notify();
  }

  private synchronized void lendLoginKeeper() {
    Session keeper = loginKeeper;
    if (keeper != null) {
      loginKeeper = null;
      idle.add(keeper);
    }
  }

  private synchronized void giveBack(Session session, boolean good) {
    boolean isLast = limit.open() == 1;
    if (!isOver && session.isKept(good, isLast)) {
      if (limit.hasSpareForLogin() && loginKeeper == null && good) {
        loginKeeper = session;
      } else {
        idle.add(session);
      }
      notify();
      return;
    }
    closeBeside(session);
  }

  private synchronized void closeBeside(Session session) {
    limit.closing();
    closer.execute(() -> close(session));
    notify();
  }

  private void close(Session session) {
    session.close();
    closed();
  }

  private synchronized void closed() {
    limit.closed();
    notify();
    if (limit.open() == 0 && !isOver) {
      end(); // The login has gone with the last session.
    }
  }

  /**
   * Lends nothing from now on; closes what is idle, beside the caller, and the rest as it comes.
   */
  synchronized void end() {
    isOver = true;
    lendLoginKeeper();
    for (Session session = idle.poll(); session != null; session = idle.poll()) {
      closeBeside(session);
    }
    notifyAll();
  }

  static Pkcs11Exception over() {
    return Pkcs11Exception.outdated("the sessions with the token were lost");
  }
}
