package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of this process with one token, lent to all keys on it: a login is of all of them
 * together (PKCS #11 3.1, section 5.6), and some tokens have few. Opened when they are first needed
 * and kept; idle ones are taken in turn. Where the token allows two, one is never lent: it keeps
 * the login when others fail.
 */
final class SessionPool {
  /** How long to do with the sessions there are, once the token has said that it has no more. */
  private static final Duration FULL = Duration.ofSeconds(5);

  /** The same, where all sessions are somebody else's, or are still being closed. */
  private static final Duration FULL_OF_OTHERS = Duration.ofMillis(50);

  private final int most;
  private final Function<Deadline, Session> opener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final Deque<Session> idle = new ArrayDeque<>();
  private final ThreadPoolExecutor closer;
  private @Nullable Session loginKeeper;

  /** Those that are being opened, lent, idle or being closed, and the one that keeps the login. */
  private int open;

  private int wished;
  private int shares;
  private boolean isLoggedIn;
  private boolean hasSpareForLogin;
  private volatile boolean isOver;
  private long fullUntil;

  /**
   * @param most sessions that the token allows
   * @param opener opens one
   */
  SessionPool(int most, Function<Deadline, Session> opener) {
    this.most = most;
    this.opener = opener;
    this.hasSpareForLogin = most > 1;
    this.fullUntil = System.nanoTime();
    this.closer =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("close-sessions").daemon().factory());
    closer.allowCoreThreadTimeOut(true);
  }

  /** A share for one key, which may use that many sessions at once. */
  SessionShare join(int wish) {
    lock.lock();
    try {
      shares++;
      wished += wish;
      return new SessionShare(this, wish);
    } finally {
      lock.unlock();
    }
  }

  /** Gives a share back; the last one closes the sessions. */
  void leave(int wish) {
    lock.lock();
    try {
      wished -= wish;
      shares--;
      if (shares == 0) {
        end();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes note of a login. A token that takes one twice has lost the first in between, and with it
   * what handles meant: all keys must find theirs again.
   *
   * @param isNew whether nobody was logged in before
   * @throws Pkcs11Exception if the first login was lost
   */
  void loggedIn(boolean isNew) {
    boolean wasLost;
    lock.lock();
    try {
      wasLost = isNew && isLoggedIn;
      isLoggedIn = true;
    } finally {
      lock.unlock();
    }
    if (wasLost) {
      end();
      throw over();
    }
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

  /** Whether another session cannot be had, nor the login be kept without this one. */
  private boolean isOnly() {
    lock.lock();
    try {
      return open == 1;
    } finally {
      lock.unlock();
    }
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
        boolean isFull = e.value() == ReturnValue.SESSION_COUNT;
        if (!notOpened(isFull)) {
          throw e;
        }
      } catch (RuntimeException e) {
        boolean _ = notOpened(false);
        throw e;
      }
    }
  }

  /** An idle session; null: the caller is to open one. */
  private @Nullable Session takeIdleOrReserve(Deadline deadline, boolean fresh) {
    lock.lock();
    try {
      while (true) {
        if (isOver) {
          throw over();
        }
        boolean mayOpen = open < limit() && System.nanoTime() - fullUntil >= 0;
        if (!idle.isEmpty() && !(fresh && mayOpen)) {
          return idle.poll();
        }
        if (mayOpen) {
          open++;
          return null;
        }
        awaitFreed(deadline);
      }
    } finally {
      lock.unlock();
    }
  }

  private int limit() {
    return Math.min(most, wished + (hasSpareForLogin ? 1 : 0));
  }

  private void awaitFreed(Deadline deadline) {
    try {
      long left = deadline.remaining().toNanos();
      if (left <= 0) {
        throw BackendUnavailable.deadlineExceeded(
            "all sessions with the token were busy for all the time of the call");
      }
      long untilMayOpen = fullUntil - System.nanoTime();
      long _ = freed.awaitNanos(untilMayOpen > 0 ? Math.min(left, untilMayOpen) : left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendUnavailable("interrupted", e);
    }
  }

  /**
   * @param isFull whether the token has no more sessions
   * @return whether another one may become free
   */
  private boolean notOpened(boolean isFull) {
    lock.lock();
    try {
      open--;
      freed.signal();
      if (!isFull) {
        return false;
      }
      fullUntil = System.nanoTime() + (open == 0 ? FULL_OF_OTHERS : FULL).toNanos();
      Session keeper = loginKeeper;
      if (open == 1 && keeper != null) {
        hasSpareForLogin = false;
        loginKeeper = null;
        idle.add(keeper);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(Session session, boolean good) {
    lock.lock();
    try {
      boolean isLast = open == 1;
      if (!isOver && session.isKept(good, isLast)) {
        if (hasSpareForLogin && loginKeeper == null && good) {
          loginKeeper = session;
        } else {
          idle.add(session);
        }
        freed.signal();
        return;
      }
    } finally {
      lock.unlock();
    }
    closer.execute(() -> close(session));
  }

  private void close(Session session) {
    session.close();
    lock.lock();
    try {
      open--;
      fullUntil = System.nanoTime();
      freed.signal();
      if (open > 0 || isOver) {
        return;
      }
    } finally {
      lock.unlock();
    }
    end(); // The login has gone with the last session.
  }

  /**
   * Lends nothing from now on; closes what is idle, beside the caller, and the rest as it comes.
   */
  void end() {
    lock.lock();
    try {
      isOver = true;
      Session keeper = loginKeeper;
      if (keeper != null) {
        loginKeeper = null;
        idle.add(keeper);
      }
      for (Session session = idle.poll(); session != null; session = idle.poll()) {
        Session closing = session;
        closer.execute(() -> close(closing));
      }
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static Pkcs11Exception over() {
    return Pkcs11Exception.outdated("the sessions with the token were lost");
  }
}
