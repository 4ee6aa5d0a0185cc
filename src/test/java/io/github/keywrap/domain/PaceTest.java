package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against a back end that takes so many calls in a second, in a time that a test makes pass. */
final class PaceTest {
  private static final long MILLISECOND = 1_000_000;
  private static final int CALLERS = 64;

  private long now;
  private final Pace pace = new Pace(() -> now);

  @Test
  void hasNoLimitUntilACallWasThrottled() {
    assertThat(pace.isLimited()).isFalse();
    assertThat(pace.available()).isEqualTo(Integer.MAX_VALUE);
    assertThat(pace.wait(1_000)).isZero();
  }

  @Test
  void usesWhatTheBackEndAllowsAndAsksForLittleMore() {
    assertUses(20);
    assertUses(3);
    assertUses(300);
  }

  /**
   * The bucket of the back end holds what it allows in a second. What all callers send at first, at
   * once, is before anything is known of it.
   */
  private void assertUses(int perSecond) {
    double tokens = perSecond;
    int passed = 0;
    int throttled = 0;
    for (int millisecond = 0; millisecond < 20_000; millisecond += 5) {
      now += 5 * MILLISECOND;
      tokens = Math.min(perSecond, tokens + perSecond / 200.0);
      for (int left = Math.min(CALLERS, pace.available()); left > 0; left--) {
        send();
        if (tokens >= 1) {
          tokens--;
          passed++;
          pace.passed();
        } else {
          throttled++;
          throttle(Duration.ZERO);
        }
      }
    }
    assertThat(passed).as("of %d a second", perSecond).isGreaterThan((int) (perSecond * 20 * 0.85));
    assertThat(throttled).as("of %d a second", perSecond).isLessThan(passed + CALLERS);
    now += Duration.ofMinutes(2).toNanos();
  }

  /** It allows a call each 50 ms, and keeps nothing for later. */
  @Test
  void sixteenCallsAfterAPauseAreAllMadeInTime() {
    now += Duration.ofSeconds(10).toNanos();
    long allowedAt = now;
    int waiting = 16;
    int throttled = 0;
    assertThat(pace.available()).isGreaterThanOrEqualTo(waiting);
    long sentAt = now;
    pace.passed();
    waiting--;
    for (int call = 0; call < 15; call++) {
      pace.throttled(sentAt, Duration.ZERO);
    }
    assertThat(pace.wait(waiting - 1)).isLessThan(Duration.ofMillis(2_500));
    long start = now;
    while (waiting > 0) {
      now += 5 * MILLISECOND;
      for (int left = Math.min(waiting, pace.available()); left > 0; left--) {
        send();
        if (now - allowedAt >= 50 * MILLISECOND) {
          allowedAt = now;
          waiting--;
          pace.passed();
        } else {
          throttled++;
          pace.throttled(now, Duration.ZERO);
        }
      }
    }
    assertThat(Duration.ofNanos(now - start)).isLessThan(Duration.ofMillis(2_500));
    assertThat(throttled).isLessThan(16);
  }

  /** Wraps that are read back: each 429 is a collision with the other, not a rate too high. */
  @Test
  void twoOperationsUseALimiterThatTheyShareAndThatKeepsNothing() {
    Paces paces = new Paces(() -> now);
    Random jitter = new Random(1);
    long allowedAt = now;
    int passed = 0;
    int throttled = 0;
    for (int millisecond = 0; millisecond < 20_000; millisecond++) {
      now += MILLISECOND;
      Operation one = jitter.nextBoolean() ? Operation.WRAP : Operation.UNWRAP;
      if (paces.available(one) > 0) {
        paces.take(one);
        if (now - allowedAt >= 10 * MILLISECOND) {
          allowedAt = now;
          passed++;
          paces.passed(one, Duration.ofMillis(5));
        } else {
          throttled++;
          paces.throttled(one, now, Duration.ZERO);
        }
      }
    }
    assertThat(passed).as("of 2,000 that are allowed").isGreaterThan(1_200);
    assertThat(throttled).isLessThan(passed);
  }

  @Test
  void keepsThePauseThatTheBackEndAsksFor() {
    throttle(Duration.ofSeconds(2));
    assertThat(pace.wait(0)).isEqualTo(Duration.ofSeconds(2));
    now += Duration.ofMillis(1_990).toNanos();
    assertThat(pace.available()).isZero();
    now += Duration.ofMillis(20).toNanos();
    assertThat(pace.available()).isPositive();
  }

  /** A gateway's stray answer must not stop all calls for longer than one of them waits. */
  @Test
  void believesInALongPauseOnlyWhileNoCallPasses() {
    for (int seconds : new int[] {2, 4, 8, 16, 30, 30}) {
      assertPauseOfADay(seconds);
    }
    pace.passed();
    assertPauseOfADay(2);
  }

  /** All calls that were under way are told the same, which says it no louder than one of them. */
  private void assertPauseOfADay(int seconds) {
    for (int call = 0; call < CALLERS; call++) {
      throttle(Duration.ofDays(1));
    }
    assertThat(pace.wait(0)).isEqualTo(Duration.ofSeconds(seconds));
    now += Duration.ofSeconds(seconds).toNanos();
    assertThat(pace.available()).isPositive();
  }

  private void throttle(Duration retryAfter) {
    pace.throttled(now, retryAfter);
  }

  private void send() {
    pace.take();
    pace.spend();
  }

  @Test
  void forgetsTheLimitAfterAMinute() {
    throttle(Duration.ZERO);
    assertThat(pace.isLimited()).isTrue();
    now += Duration.ofSeconds(61).toNanos();
    assertThat(pace.isLimited()).isFalse();
  }

  @Test
  void knowsWhatNineOfTenCallsTake() {
    assertThat(pace.usualTime()).isZero();
    for (int i = 1; i <= 10; i++) {
      pace.took(Duration.ofMillis(i * 10L));
    }
    assertThat(pace.usualTime()).isEqualTo(Duration.ofMillis(90));
    for (int i = 0; i < 200; i++) {
      pace.took(Duration.ofMillis(5));
    }
    assertThat(pace.usualTime()).isEqualTo(Duration.ofMillis(5));
  }
}
