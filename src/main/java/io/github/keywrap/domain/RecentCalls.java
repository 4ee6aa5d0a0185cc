package io.github.keywrap.domain;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** How many calls a back end has let pass, and throttled, in the last second. Not thread-safe. */
final class RecentCalls {
  private static final int BUCKETS = 10;
  private static final long BUCKET = Duration.ofMillis(100).toNanos();

  private final LongSupplier clock;
  private final long began;
  private final int[] passed = new int[BUCKETS];
  private final int[] throttled = new int[BUCKETS];
  private long current;

  RecentCalls(LongSupplier clock) {
    this.clock = clock;
    this.began = clock.getAsLong();
  }

  void passed() {
    advance();
    passed[(int) (current % BUCKETS)]++;
  }

  void throttled() {
    advance();
    throttled[(int) (current % BUCKETS)]++;
  }

  int passedInLastSecond() {
    advance();
    return Arrays.stream(passed).sum();
  }

  /** Whether more than a third was throttled. */
  boolean isOftenThrottled() {
    advance();
    return 2 * Arrays.stream(throttled).sum() > passedInLastSecond();
  }

  private void advance() {
    long now = (clock.getAsLong() - began) / BUCKET;
    for (long i = Math.max(current + 1, now - BUCKETS + 1); i <= now; i++) {
      passed[(int) (i % BUCKETS)] = 0;
      throttled[(int) (i % BUCKETS)] = 0;
    }
    current = Math.max(current, now);
  }
}
