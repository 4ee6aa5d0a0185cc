package io.github.keywrap.jdcloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A key whose versions were never seen, at a KMS that limits every call, on the test's clock. */
final class FirstLooksTest {
  /** A probe of health each 10 s is two calls when all is well, and one that is refused now. */
  private static final int CALLS_OF_A_MINUTE = 13;

  private static final int CALLS_OF_PROBES = 6;

  private final AtomicLong now = new AtomicLong();
  private final FirstLooks looks = new FirstLooks(now::get);

  @Test
  void noMinuteHasMoreCallsThanWhenAllIsWell() {
    for (int minute = 0; minute < 5; minute++) {
      assertThat(calls(Duration.ofMinutes(1))).isBetween(4, CALLS_OF_A_MINUTE - CALLS_OF_PROBES);
    }
  }

  @Test
  void theEndOfTheLimitIsSeenSoon() {
    int _ = calls(Duration.ofMinutes(5));
    assertThat(looks.pause()).isLessThan(Duration.ofSeconds(15));
    looks.limited(false);
    assertThat(looks.pause()).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void aTrialThatIsNotLimitedMayBeRepeatedAtOnce() {
    looks.tried(true);
    assertThat(looks.mayTry()).isFalse();
    now.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(looks.mayTry()).isTrue();
    looks.tried(false);
    assertThat(looks.mayTry()).isTrue();
  }

  private long asked = -FirstLooks.WHILE_LIMITED.toNanos();

  private int calls(Duration time) {
    int calls = 0;
    for (long end = now.get() + time.toNanos(); now.get() < end; ) {
      looks.looked();
      if (now.get() - asked >= FirstLooks.WHILE_LIMITED.toNanos()) {
        asked = now.get();
        calls++;
      }
      looks.limited(true);
      if (!looks.isPatient() && looks.mayTry()) {
        calls++;
        looks.tried(true);
      }
      now.addAndGet(looks.pause().toNanos());
    }
    return calls;
  }
}
