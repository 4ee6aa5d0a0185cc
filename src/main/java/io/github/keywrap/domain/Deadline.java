package io.github.keywrap.domain;

import java.time.Duration;
import java.util.function.LongSupplier;

/** The moment by which a call must be answered; ends every wait on the way. Monotonic clock. */
public final class Deadline {
  private final LongSupplier clock;
  private final long nanoTime;
  private final boolean isShortened;

  private Deadline(LongSupplier clock, long nanoTime, boolean isShortened) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.isShortened = isShortened;
  }

  /** A deadline that far from now; at once, if {@code duration} is zero or negative. */
  public static Deadline after(Duration duration) {
    return after(duration, System::nanoTime);
  }

  /** The same by another clock, which tells nanoseconds. */
  static Deadline after(Duration duration, LongSupplier clock) {
    return new Deadline(clock, clock.getAsLong() + duration.toNanos(), false);
  }

  /** So much before this one, for what may be given up while the caller still waits. */
  Deadline shortenedBy(Duration margin) {
    return new Deadline(clock, nanoTime - margin.toNanos(), true);
  }

  /** Whether the caller would have waited longer: that it has passed says nothing of a back end. */
  boolean isShortened() {
    return isShortened;
  }

  /** Time left, never negative. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanoTime - clock.getAsLong()));
  }

  public boolean isExpired() {
    return nanoTime - clock.getAsLong() <= 0;
  }
}
