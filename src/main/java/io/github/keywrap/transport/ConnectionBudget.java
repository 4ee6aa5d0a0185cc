package io.github.keywrap.transport;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory the calls of one connection may hold: what is its own whatever others hold, and
 * beyond that {@value #SHARE} times what is free of what all share. Alone that is four fifths of
 * it, and something is always left for the next (A. K. Choudhury and E. L. Hahne, "Dynamic queue
 * length thresholds for shared-memory packet switches", IEEE/ACM Transactions on Networking 6(2),
 * 1998).
 */
final class ConnectionBudget {
  /** What a call without its message holds at most, in bytes; measured. */
  static final int CALL = 4_096;

  /** What all connections share, in bytes. */
  static final long SHARED = 5_400L * CALL;

  private static final int SHARE = 4;

  /** Of each of the {@value Connections#MAX} connections; with SHARED half of the heap. */
  private static final long OWN = 16L * CALL;

  private static final long QUICK = 4L * CALL;

  private final AtomicLong shared;
  private long held;
  private long heldByQuick;

  /**
   * @param shared bytes held by all connections beyond what is their own
   */
  ConnectionBudget(AtomicLong shared) {
    this.shared = shared;
  }

  /** Takes so many bytes for a call, if it may have them. */
  synchronized boolean take(long bytes) {
    long more = beyondOwn(held + bytes) - beyondOwn(held);
    if (more > 0) {
      long free = SHARED - shared.addAndGet(more);
      if (beyondOwn(held + bytes) > SHARE * free) {
        shared.addAndGet(-more);
        return false;
      }
    }
    held += bytes;
    return true;
  }

  synchronized void giveBack(long bytes) {
    shared.addAndGet(beyondOwn(held - bytes) - beyondOwn(held));
    held -= bytes;
  }

  private static long beyondOwn(long bytes) {
    return Math.max(0, bytes - OWN);
  }

  /** The same for a call that never waits: some is kept for those, so that they are answered. */
  synchronized boolean takeQuick(long bytes) {
    boolean fits = heldByQuick + bytes <= QUICK;
    heldByQuick += fits ? bytes : 0;
    return fits;
  }

  synchronized void giveBackQuick(long bytes) {
    heldByQuick -= bytes;
  }
}
