package io.github.keywrap.domain;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How often one operation of a remote back end may be called. Unlimited until the back end has
 * throttled a call; from then on slower after each that is throttled, but hardly slower than it has
 * lately let calls pass, and faster again with time, so that waiting calls use all that it allows.
 * Unlimited again after a minute without a throttled call. Thread-safe, never waits.
 */
final class Pace {
  private static final double SECOND = 1e9;
  private static final long STEP = Duration.ofMillis(250).toNanos();
  private static final double STEPS = SECOND / STEP;
  private static final long FORGET = Duration.ofMinutes(1).toNanos();

  /**
   * The back end may ask for a longer pause; after so long a call is tried all the same. Once it
   * has let calls pass, a stray answer is believed for no longer than a caller waits; each call
   * that is throttled after its pause makes it twice as long.
   */
  private static final long FIRST_PAUSE = Duration.ofSeconds(2).toNanos();

  private static final long LONGEST_PAUSE = Duration.ofSeconds(30).toNanos();

  private static final long STARVING = Duration.ofSeconds(1).toNanos();

  /** Calls in a second; with fewer nothing would be learnt. */
  private static final double LEAST_RATE = 1;

  /**
   * Where it is looked for how many a back end allows that has throttled its first call: many that
   * came at once, after a pause in which nothing was to be learnt, do not tell.
   */
  private static final double FIRST_RATE = 10;

  private static final double GROWTH = 1.1;
  private static final double EXTRA = 0.5;

  /** Of the rate; but no lower than what has passed lately. */
  private static final double CUT = 0.6;

  /** A thirtieth of a second's calls at once: about what falls due between two looks. */
  private static final double AT_ONCE = 1 / 30.0;

  private final LongSupplier clock;
  private final RecentCalls recent;
  private final ServiceTimes times;

  /** Calls in a second; infinite: there is no limit. */
  private double rate = Double.POSITIVE_INFINITY;

  /** Calls that may be made now; negative where some were made without asking. */
  private double credit;

  /** Calls that were let pass and have not been sent yet. */
  private int taken;

  private long takenAt;
  private long counted;
  private long grownAt;

  /** Since when the rate is what it was cut to. */
  private long cutAt;

  /** The last rate that was too high; infinite where none is known. */
  private double ceiling = Double.POSITIVE_INFINITY;

  private long pausedUntil;
  private long mostPause;
  private long throttledAt;

  Pace(LongSupplier clock) {
    this.clock = clock;
    this.recent = new RecentCalls(clock);
    this.times = new ServiceTimes(clock);
    this.pausedUntil = clock.getAsLong();
  }

  /** Whether the back end limits calls, as far as is known. */
  synchronized boolean isLimited() {
    refresh();
    return rate != Double.POSITIVE_INFINITY;
  }

  /** How many calls may be made now. */
  synchronized int available() {
    refresh();
    if (rate == Double.POSITIVE_INFINITY) {
      return Integer.MAX_VALUE;
    }
    return clock.getAsLong() - pausedUntil < 0 ? 0 : (int) Math.max(0, credit);
  }

  /** Whether none was made for a second though it might have been. */
  synchronized boolean isStarving() {
    return clock.getAsLong() - takenAt >= STARVING;
  }

  /** A call is let pass, and will be sent. */
  synchronized void take() {
    takenAt = clock.getAsLong();
    if (rate != Double.POSITIVE_INFINITY) {
      credit--;
      taken++;
    }
  }

  /** When a call would be sent before which so many others wait. */
  synchronized Duration wait(int others) {
    refresh();
    if (rate == Double.POSITIVE_INFINITY) {
      return Duration.ZERO;
    }
    long pause = Math.max(0, pausedUntil - clock.getAsLong());
    double ready = Math.min(mostAtOnce(), credit + rate * (pause / SECOND));
    double calls = others + 1 - Math.max(0, ready);
    double faster = rate;
    long turn = pause;
    for (; calls > faster / STEPS && turn < FORGET; turn += STEP) {
      calls -= faster / STEPS;
      faster = Math.max(faster, Math.min(ceiling, grown(faster)));
    }
    return Duration.ofNanos(turn + (long) (Math.max(0, calls) / faster * SECOND));
  }

  private static double grown(double rate) {
    return rate * GROWTH + EXTRA;
  }

  /** What 9 of 10 recent calls took at most. */
  synchronized Duration usualTime() {
    return times.usual();
  }

  /** A call is sent, whether or not it had to ask; returns when. */
  synchronized long sent() {
    if (taken > 0) {
      taken--;
    } else if (rate != Double.POSITIVE_INFINITY) {
      credit = Math.max(-rate, credit - 1);
    }
    return clock.getAsLong();
  }

  /** The back end has let a call pass. */
  synchronized void passed(Duration took) {
    recent.passed();
    times.add(took);
    mostPause = 0;
  }

  /**
   * The back end has throttled a call.
   *
   * @param sentAt when it was sent: one from before the last cut says nothing of the rate since
   */
  synchronized void throttled(long sentAt, Duration retryAfter) {
    refresh();
    long now = clock.getAsLong();
    if (rate == Double.POSITIVE_INFINITY) {
      rate = Math.max(FIRST_RATE, recent.lastSecond());
      ceiling = Double.POSITIVE_INFINITY;
      credit = 0;
      taken = 0;
      counted = now;
      cutAt = now;
    } else if (sentAt - cutAt > 0) {
      ceiling = rate;
      double cut = Math.max(CUT * rate, recent.lastSecond());
      rate = Math.min(rate, Math.max(LEAST_RATE, cut));
      cutAt = now;
    }
    credit = Math.min(credit, 0);
    if (now - pausedUntil >= 0) {
      mostPause = Math.clamp(2 * mostPause, FIRST_PAUSE, LONGEST_PAUSE);
    }
    long pause = Math.max((long) (SECOND / rate), Math.min(retryAfter.toNanos(), mostPause));
    pausedUntil = Math.max(pausedUntil, now + pause);
    throttledAt = now;
    grownAt = now;
  }

  private void refresh() {
    if (rate == Double.POSITIVE_INFINITY) {
      return;
    }
    long now = clock.getAsLong();
    if (now - throttledAt >= FORGET) {
      rate = Double.POSITIVE_INFINITY;
      return;
    }
    for (; now - grownAt >= STEP; grownAt += STEP) {
      rate = grown(rate);
    }
    credit = Math.min(mostAtOnce(), credit + rate * ((now - counted) / SECOND));
    counted = now;
  }

  private double mostAtOnce() {
    return Math.max(1, rate * AT_ONCE);
  }
}
