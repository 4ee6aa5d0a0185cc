package io.github.keywrap.domain;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** How many calls a back end has answered in the last second. Not thread-safe. */
final class RecentCalls {
  private static final int BUCKETS = 10;
  private static final long BUCKET = Duration.ofMillis(100).toNanos();

  private final LongSupplier clock;
  private final long began;
  private final int[] counts = new int[BUCKETS];
  private long current;

  RecentCalls(LongSupplier clock) {
    this.clock = clock;
    this.began = clock.getAsLong();
  }

  void passed() {
    advance();
    counts[(int) (current % BUCKETS)]++;
  }

  int lastSecond() {
    advance();
    return Arrays.stream(counts).sum();
  }

  private void advance() {
    long now = (clock.getAsLong() - began) / BUCKET;
    for (long i = Math.max(current + 1, now - BUCKETS + 1); i <= now; i++) {
      counts[(int) (i % BUCKETS)] = 0;
    }
    current = Math.max(current, now);
  }
}
