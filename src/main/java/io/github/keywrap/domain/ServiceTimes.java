package io.github.keywrap.domain;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * How long a back end took for its latest calls: at most {@value #SAMPLES}, none older than ten
 * seconds, so that what it was like before an outage or a hang is soon forgotten. Not thread-safe.
 */
final class ServiceTimes {
  /** With fewer nothing is concluded. */
  static final int ENOUGH = 20;

  private static final int SAMPLES = 64;
  private static final long MEMORY = Duration.ofSeconds(10).toNanos();

  /** Sorting for each call would cost more than the figure is worth. */
  private static final int SORTED_EVERY = 8;

  private final LongSupplier clock;
  private final long[] times = new long[SAMPLES];
  private final long[] ends = new long[SAMPLES];
  private int next;
  private int count;
  private long sum;
  private long usual;
  private int unsorted;

  ServiceTimes(LongSupplier clock) {
    this.clock = clock;
  }

  void add(Duration took) {
    if (count == SAMPLES) {
      dropOldest();
    }
    times[next] = took.toNanos();
    ends[next] = clock.getAsLong();
    sum += times[next];
    next = (next + 1) % SAMPLES;
    count++;
    unsorted++;
  }

  /** Forgets all that it was like before. */
  void clear() {
    count = 0;
    sum = 0;
    usual = 0;
    unsorted = 0;
  }

  private int oldest() {
    return Math.floorMod(next - count, SAMPLES);
  }

  private void dropOldest() {
    sum -= times[oldest()];
    count--;
  }

  private void forget() {
    long now = clock.getAsLong();
    while (count > 0 && now - ends[oldest()] > MEMORY) {
      dropOldest();
      unsorted++;
    }
  }

  /** Whether there are enough calls to conclude something from. */
  boolean isKnown() {
    forget();
    return count >= ENOUGH;
  }

  /** Zero if there were none. */
  Duration mean() {
    forget();
    return count == 0 ? Duration.ZERO : Duration.ofNanos(sum / count);
  }

  /** What 9 of 10 took at most; zero if there were none. */
  Duration usual() {
    forget();
    if (count == 0) {
      return Duration.ZERO;
    }
    if (unsorted >= Math.min(SORTED_EVERY, count)) {
      long[] sorted = new long[count];
      for (int i = 0; i < count; i++) {
        sorted[i] = times[(oldest() + i) % SAMPLES];
      }
      Arrays.sort(sorted);
      usual = sorted[(count * 9 - 1) / 10];
      unsorted = 0;
    }
    return Duration.ofNanos(usual);
  }
}
