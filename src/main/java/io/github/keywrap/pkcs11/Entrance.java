package io.github.keywrap.pkcs11;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The way into a library: calls go in side by side, or one at a time where the library cannot lock;
 * nobody is inside while it is initialized.
 */
final class Entrance {
  /** How long to wait for calls to leave the library. */
  private static final long LEAVE_MILLIS = 500;

  private final Object library;
  private final ReentrantReadWriteLock inside = new ReentrantReadWriteLock();
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private volatile boolean locks = true;

  /**
   * @param library named in messages
   */
  Entrance(Object library) {
    this.library = library;
  }

  /** Whether the library locks for itself, so that it may be entered by several threads. */
  boolean libraryLocks() {
    return locks;
  }

  void libraryLocks(boolean itDoes) {
    locks = itDoes;
  }

  /**
   * Runs a call inside.
   *
   * @throws BackendUnavailable if it cannot enter until the deadline
   */
  <T> T call(Deadline deadline, Supplier<T> call) {
    return holding(
        inside.readLock(),
        deadline,
        () -> locks ? call.get() : holding(oneAtATime, deadline, call));
  }

  /**
   * Runs a call with nobody else inside.
   *
   * @throws BackendUnavailable if others are inside until the deadline
   */
  <T> T callAlone(Deadline deadline, Supplier<T> call) {
    return holding(inside.writeLock(), deadline, call);
  }

  private <T> T holding(Lock lock, Deadline deadline, Supplier<T> call) {
    try {
      if (!lock.tryLock(deadline.remaining().toNanos(), NANOSECONDS)) {
        throw BackendUnavailable.deadlineExceeded(
            "PKCS#11 library " + library + " was busy for all the time of the call");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendUnavailable("interrupted", e);
    }
    try {
      return call.get();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a moment until nobody is inside, and then runs a call; false if a call hangs. */
  boolean callOnceEmpty(Runnable call) {
    try {
      if (!inside.writeLock().tryLock(LEAVE_MILLIS, MILLISECONDS)) {
        return false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    try {
      call.run();
      return true;
    } finally {
      inside.writeLock().unlock();
    }
  }
}
