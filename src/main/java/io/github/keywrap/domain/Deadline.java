package io.github.keywrap.domain;

import java.time.Duration;
import java.util.function.LongSupplier;

/** The moment by which a call must be answered; ends every wait on the way. Monotonic clock. */
public final class Deadline {
  private final LongSupplier clock;
  private final long nanoTime;

  private Deadline(LongSupplier clock, long nanoTime) {
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** A deadline that far from now; at once, if {@code duration} is zero or negative. */
  public static Deadline after(Duration duration) {
    return after(duration, System::nanoTime);
  }

  /** The same by another clock, which tells nanoseconds. */
  static Deadline after(Duration duration, LongSupplier clock) {
    return new Deadline(clock, clock.getAsLong() + duration.toNanos());
  }

  /** Time left, never negative. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanoTime - clock.getAsLong()));
  }

  public boolean isExpired() {
    return nanoTime - clock.getAsLong() <= 0;
  }
}
