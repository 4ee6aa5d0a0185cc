package io.github.keywrap.jdcloud;

import io.github.keywrap.jdcloud.CallFailure.Refused;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Remembers for a moment which credentials the service has refused, so that a flood of calls with
 * credentials that do not work is no flood of requests. For each operation by itself, as a gateway
 * may refuse one alone, and from the second refusal running on, as it may refuse one by mistake.
 * Thread-safe.
 */
final class RecentRefusals {
  private static final long MEMORY = Duration.ofSeconds(1).toNanos();
  private static final int BELIEVED = 2;

  /** Credentials that others took the place of are not held for longer. */
  private static final long KEPT = Duration.ofMinutes(1).toNanos();

  private final LongSupplier clock;
  private final Map<Question, Refusals> refusals = new ConcurrentHashMap<>();

  private record Question(Credentials credentials, String operation) {}

  private record Refusals(Refused last, int running, long at) {}

  /**
   * @param clock {@link System#nanoTime}
   */
  RecentRefusals(LongSupplier clock) {
    this.clock = clock;
  }

  void refused(Credentials credentials, String operation, Refused why) {
    refusals.values().removeIf(old -> clock.getAsLong() - old.at() >= KEPT);
    refusals.merge(
        new Question(credentials, operation),
        new Refusals(why, 1, clock.getAsLong()),
        (before, now) -> new Refusals(why, before.running() + 1, now.at()));
  }

  void accepted(Credentials credentials, String operation) {
    refusals.remove(new Question(credentials, operation));
  }

  /** Why they were refused a moment ago. */
  Optional<Refused> of(Credentials credentials, String operation) {
    return Optional.ofNullable(refusals.get(new Question(credentials, operation)))
        .filter(refused -> refused.running() >= BELIEVED)
        .filter(refused -> clock.getAsLong() - refused.at() < MEMORY)
        .map(Refusals::last);
  }
}
