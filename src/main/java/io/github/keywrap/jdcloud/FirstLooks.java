package io.github.keywrap.jdcloud;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How soon versions that nobody knows yet are looked at again, and for how long that is waited for.
 * A KMS that limits calls is not asked more often than one that is well, which gets two calls from
 * each probe of the key's health, and yet soon after the limit has ended. Not thread-safe.
 */
final class FirstLooks {
  /** The same question, of a service that limits calls. */
  static final Duration WHILE_LIMITED = Duration.ofSeconds(12);

  /** So many looks, or so much time, may pass without a version list that can be believed. */
  static final int MAX_LOOKS = 10;

  private static final Duration MAX_TIME = Duration.ofSeconds(15);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(5);
  private static final Duration TRIAL_WHILE_LIMITED = Duration.ofMinutes(1);

  private final LongSupplier clock;
  private final long began;
  private int looks;
  private boolean isLimited;
  private boolean isTrialLimited;
  private long trial;

  /**
   * @param clock {@link System#nanoTime}
   */
  FirstLooks(LongSupplier clock) {
    this.clock = clock;
    this.began = clock.getAsLong();
  }

  void looked() {
    looks++;
  }

  boolean isPatient() {
    return looks < MAX_LOOKS && clock.getAsLong() - began < MAX_TIME.toNanos();
  }

  /** How the last look went. */
  void limited(boolean isLimited) {
    this.isLimited = isLimited;
  }

  /** How a trial of the key, which is one call more, went. */
  void tried(boolean isLimited) {
    isTrialLimited = isLimited;
    trial = clock.getAsLong();
  }

  boolean mayTry() {
    return !isTrialLimited || clock.getAsLong() - trial >= TRIAL_WHILE_LIMITED.toNanos();
  }

  /** Until the next look. */
  Duration pause() {
    if (isPatient()) {
      return SOON;
    }
    return isLimited ? WHILE_LIMITED : LATER;
  }
}
