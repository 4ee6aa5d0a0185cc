package io.github.keywrap.domain;

import java.time.Duration;

/** The moment by which a call must be answered; ends every wait on the way. Monotonic clock. */
public final class Deadline {
  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A deadline that far from now; at once, if {@code duration} is zero or negative. */
  public static Deadline after(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  /** Time left, never negative. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }

  public boolean isExpired() {
    return nanoTime - System.nanoTime() <= 0;
  }
}
