package io.github.keywrap.domain;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Lets one line in so many seconds into the log, and counts those that it leaves out: a flood of
 * failures does not become a flood of lines.
 */
public final class LogBudget {
  private final long pause;
  private final LongSupplier clock;
  private final AtomicLong nextAt;
  private final AtomicLong leftOut = new AtomicLong();

  /**
   * @param pause between two lines
   */
  public LogBudget(Duration pause) {
    this(pause, System::nanoTime);
  }

  LogBudget(Duration pause, LongSupplier clock) {
    this.pause = pause.toNanos();
    this.clock = clock;
    this.nextAt = new AtomicLong(clock.getAsLong());
  }

  /** Whether a line may be written now. */
  public boolean take() {
    long now = clock.getAsLong();
    long due = nextAt.get();
    if (now - due >= 0 && nextAt.compareAndSet(due, now + pause)) {
      return true;
    }
    leftOut.incrementAndGet();
    return false;
  }

  /** There is something new to say: a line may be written now. */
  public void reset() {
    nextAt.set(clock.getAsLong());
  }

  /** How many lines were left out since the last time, for the end of one; empty if none were. */
  public String leftOut() {
    long count = leftOut.getAndSet(0);
    return count == 0 ? "" : " (and " + count + " more)";
  }
}
