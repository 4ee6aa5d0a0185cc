package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether one operation of a remote back end is away. Open once it has failed twice and for a
 * second with no success between; closed by the first success or definite answer. Thread-safe.
 */
final class Breaker {
  /** Outages that the next probe already ends are not worth failing calls for. */
  static final Duration KNOWN_AFTER = Duration.ofSeconds(1);

  private static final Duration TRIAL_PAUSE = Duration.ofSeconds(1);

  /** A caller that gives less cannot blame the back end for it. */
  private static final Duration FAIR_TIME = Duration.ofSeconds(1);

  private final AtomicReference<@Nullable Outage> outage = new AtomicReference<>();
  private final AtomicLong nextTrial = new AtomicLong();

  private record Outage(BackendUnavailable cause, long since, int failures) {
    boolean isKnown(long now) {
      return failures > 1 && now - since >= KNOWN_AFTER.toNanos();
    }

    Outage again(BackendUnavailable latest) {
      return new Outage(latest, since, failures + 1);
    }
  }

  /**
   * Makes the call, unless the back end is known to be away; then only one in a second.
   *
   * @throws BackendUnavailable also if it was not made
   */
  <T> T call(Supplier<T> call, Deadline deadline) {
    Outage now = outage.get();
    if (now != null && now.isKnown(System.nanoTime()) && !isTrial()) {
      Duration lasts = Duration.ofNanos(System.nanoTime() - now.since());
      throw new BackendUnavailable(
          "not tried, as it has failed for %d s: %s"
              .formatted(lasts.toSeconds(), now.cause().getMessage()),
          now.cause());
    }
    return attempt(call, deadline);
  }

  private boolean isTrial() {
    long due = nextTrial.get();
    long now = System.nanoTime();
    return now - due >= 0 && nextTrial.compareAndSet(due, now + TRIAL_PAUSE.toNanos());
  }

  /** Makes the call whatever is known, and learns from it. */
  <T> T attempt(Supplier<T> call, Deadline deadline) {
    boolean isFair = !deadline.isShortened() && deadline.remaining().compareTo(FAIR_TIME) >= 0;
    try {
      T result = call.get();
      outage.set(null);
      return result;
    } catch (BackendUnavailable failure) {
      if (isFair || !isOutOfTime(failure, deadline)) {
        failed(failure);
      }
      throw failure;
    } catch (AccessDenied | KeyUnavailable answer) {
      outage.set(null);
      throw answer;
    }
  }

  private static boolean isOutOfTime(BackendUnavailable failure, Deadline deadline) {
    return failure.isDeadlineExceeded() || deadline.isShortened() && deadline.isExpired();
  }

  private void failed(BackendUnavailable failure) {
    long now = System.nanoTime();
    Outage before =
        outage.getAndUpdate(
            known -> known == null ? new Outage(failure, now, 1) : known.again(failure));
    if (before == null) {
      nextTrial.set(now);
    }
  }
}
