package io.github.keywrap.jdcloud;

import io.github.keywrap.jdcloud.CallFailure.Refused;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Remembers for a moment which credentials the service has refused, so that a flood of calls with
 * credentials that do not work is no flood of requests. Thread-safe.
 */
final class RecentRefusals {
  private static final long MEMORY = Duration.ofSeconds(1).toNanos();

  /** There are never more than two sets to choose from. */
  private static final int MOST = 2;

  private final LongSupplier clock;
  private volatile List<Entry> entries = List.of();

  private record Entry(Credentials credentials, Refused why, long at) {}

  /**
   * @param clock {@link System#nanoTime}
   */
  RecentRefusals(LongSupplier clock) {
    this.clock = clock;
  }

  synchronized void add(Credentials credentials, Refused why) {
    Entry added = new Entry(credentials, why, clock.getAsLong());
    entries =
        Stream.concat(
                Stream.of(added),
                entries.stream().filter(entry -> entry.credentials() != credentials))
            .limit(MOST)
            .toList();
  }

  /** Why they were refused a moment ago. */
  Optional<Refused> of(Credentials credentials) {
    return entries.stream()
        .filter(entry -> entry.credentials() == credentials)
        .filter(entry -> clock.getAsLong() - entry.at() < MEMORY)
        .findFirst()
        .map(Entry::why);
  }
}
