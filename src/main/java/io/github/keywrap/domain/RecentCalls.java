package io.github.keywrap.domain;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** How many calls a back end has answered in the last second, and how fast. Not thread-safe. */
final class RecentCalls {
  private static final int BUCKETS = 10;
  private static final long BUCKET = Duration.ofMillis(100).toNanos();
  private static final int SAMPLES = 64;

  private final LongSupplier clock;
  private final long began;
  private final int[] counts = new int[BUCKETS];
  private long current;
  private final long[] times = new long[SAMPLES];
  private int timed;

  RecentCalls(LongSupplier clock) {
    this.clock = clock;
    this.began = clock.getAsLong();
  }

  void passed(Duration took) {
    advance();
    counts[(int) (current % BUCKETS)]++;
    times[timed % SAMPLES] = took.toNanos();
    timed = timed == 2 * SAMPLES ? SAMPLES + 1 : timed + 1;
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

  /** What 9 of 10 took at most; zero if there were none. */
  Duration usualTime() {
    int count = Math.min(timed, SAMPLES);
    if (count == 0) {
      return Duration.ZERO;
    }
    long[] sorted = Arrays.copyOf(times, count);
    Arrays.sort(sorted);
    return Duration.ofNanos(sorted[(count * 9 - 1) / 10]);
  }
}
