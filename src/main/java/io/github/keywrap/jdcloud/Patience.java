package io.github.keywrap.jdcloud;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long one request is waited for before another is sent beside it: kept-alive connections can
 * be dead without a sign, and a service that is slow must not be asked twice for that. Follows the
 * slowest of recent answers. Thread-safe.
 */
final class Patience {
  private static final Duration MIN = Duration.ofSeconds(1);
  private static final int TIMES_USUAL = 2;

  /** A fast answer takes so much of the difference off. */
  private static final int DECAY = 8;

  private final Duration most;

  /** Nanoseconds; 0: nothing was answered yet. */
  private final AtomicLong usual = new AtomicLong();

  /**
   * @param most longest time for one request
   */
  Patience(Duration most) {
    this.most = most;
  }

  void answered(Duration took) {
    long nanos = took.toNanos();
    usual.updateAndGet(known -> nanos > known ? nanos : known - (known - nanos) / DECAY);
  }

  /**
   * When a second request makes sense; empty if it does not, as the time for it would not be left.
   *
   * @param remaining until there must be an answer
   */
  Optional<Duration> forOne(Duration remaining) {
    Duration known = Duration.ofNanos(usual.get());
    Duration patience = known.isZero() ? most : longer(known.multipliedBy(TIMES_USUAL), MIN);
    Duration first = patience.compareTo(most) < 0 ? patience : most;
    return remaining.minus(first).compareTo(known) > 0 ? Optional.of(first) : Optional.empty();
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
