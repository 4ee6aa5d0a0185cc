package io.github.keywrap.domain;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How often one operation of a remote back end may be called. Unlimited until the back end has
 * throttled a call; from then on slower while it throttles many, but not slower than it has lately
 * let calls pass, and faster again with time, so that waiting calls use all that it allows. A few
 * that are throttled are the price of finding that out: where calls collide on a limit that keeps
 * nothing for bursts, they say nothing of the rate. Unlimited again after a minute without a
 * throttled call. Not thread-safe.
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
  private static final double MIN_RATE = 1;

  /**
   * Where it is looked for how many a back end allows that has throttled its first call: many that
   * came at once, after a pause in which nothing was to be learnt, do not tell.
   */
  private static final double FIRST_RATE = 10;

  private static final double GROWTH = 1.1;
  private static final double EXTRA = 0.5;

  /** Of the rate; but no lower than what has passed lately. */
  private static final double CUT = 0.6;

  /** A hundredth of a second's calls at once: about what falls due between two looks. */
  private static final double AT_ONCE = 1 / 100.0;

  private final LongSupplier clock;
  private final RecentCalls recent;
  private final ServiceTimes times;

  /** Calls in a second; infinite: there is no limit. */
  private double rate = Double.POSITIVE_INFINITY;

  /** Calls that may be made now; negative where some were made without asking. */
  private double credit;

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
  boolean isLimited() {
    refresh();
    return rate != Double.POSITIVE_INFINITY;
  }

  /** How many calls may be made now. */
  int available() {
    refresh();
    if (rate == Double.POSITIVE_INFINITY) {
      return Integer.MAX_VALUE;
    }
    return clock.getAsLong() - pausedUntil < 0 ? 0 : (int) Math.max(0, credit);
  }

  /** Whether none was made for a second though it might have been. */
  boolean isStarving() {
    return clock.getAsLong() - takenAt >= STARVING;
  }

  /** When a call may be made next, in nanoseconds from now. */
  long untilNext() {
    if (available() > 0) {
      return 0;
    }
    long pause = pausedUntil - clock.getAsLong();
    return Math.max(pause, (long) ((1 - credit) / rate * SECOND));
  }

  /** A call is sent. */
  void take() {
    takenAt = clock.getAsLong();
  }

  /** A call counts, whether or not it had to ask. */
  void spend() {
    if (rate != Double.POSITIVE_INFINITY) {
      credit = Math.max(-rate, credit - 1);
    }
  }

  /** When a call would be sent before which so many others wait. */
  Duration wait(int others) {
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
  Duration usualTime() {
    return times.usual();
  }

  /** The back end has let a call pass. */
  void passed() {
    recent.passed();
    mostPause = 0;
  }

  /** So long did one take. */
  void took(Duration time) {
    times.add(time);
  }

  /**
   * The back end has throttled a call.
   *
   * @param sentAt when it was sent: one from before the last cut says nothing of the rate since
   */
  void throttled(long sentAt, Duration retryAfter) {
    refresh();
    recent.throttled();
    long now = clock.getAsLong();
    if (rate == Double.POSITIVE_INFINITY) {
      cutTo(Math.max(FIRST_RATE, recent.passedInLastSecond()), now);
      ceiling = Double.POSITIVE_INFINITY;
      credit = 0;
      counted = now;
    } else if (sentAt - cutAt > 0 && recent.isOftenThrottled()) {
      ceiling = rate;
      cutTo(Math.max(CUT * rate, recent.passedInLastSecond()), now);
    }
    credit = Math.min(credit, 0);
    if (now - pausedUntil >= 0) {
      mostPause = Math.clamp(2 * mostPause, FIRST_PAUSE, LONGEST_PAUSE);
    }
    long pause = Math.max((long) (SECOND / rate), Math.min(retryAfter.toNanos(), mostPause));
    pausedUntil = Math.max(pausedUntil, now + pause);
    throttledAt = now;
  }

  private void cutTo(double lower, long now) {
    rate = Math.min(rate, Math.max(MIN_RATE, lower));
    cutAt = now;
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
