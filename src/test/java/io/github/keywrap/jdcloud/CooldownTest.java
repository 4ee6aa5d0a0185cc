package io.github.keywrap.jdcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.jdcloud.CallFailure.Refused;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class CooldownTest {
  private static final ApiRequest QUESTION =
      ApiRequest.get("/v1/key/k", new TreeMap<>(), AnswerSize.SMALL);
  private static final Duration USUAL = Duration.ofSeconds(12);

  private final AtomicLong now = new AtomicLong(1);
  private final Cooldown cooldown = new Cooldown(USUAL, now::get);
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void whatIsAnsweredMayBeAskedAgainAtOnce() {
    for (int i = 0; i < 3; i++) {
      assertThat(cooldown.ask(QUESTION, asked::incrementAndGet)).isEqualTo(i + 1);
    }
  }

  @Test
  void whatIsThrottledIsAskedAgainAfterThePauseThatTheServiceAsksFor() {
    throttle(Optional.of(Duration.ofSeconds(3)));
    assertNotAskedFor(Duration.ofSeconds(3));
  }

  @Test
  void whatIsThrottledWithoutAWordIsAskedAgainAfterTheUsualPause() {
    throttle(Optional.empty());
    assertNotAskedFor(USUAL);
  }

  /** Credentials of a role may depend on it, and the answer may be a gateway's stray one. */
  @Test
  void noPauseIsLongerThanTheUsualOne() {
    throttle(Optional.of(Duration.ofDays(1)));
    assertNotAskedFor(USUAL);
  }

  @Test
  void whatIsRefusedOtherwiseMayBeAskedAgainAtOnce() {
    refuse(503, Optional.empty());
    refuse(503, Optional.empty());
    assertThat(asked).hasValue(2);
  }

  private void assertNotAskedFor(Duration pause) {
    now.addAndGet(pause.toNanos() - 1);
    assertThatThrownBy(() -> cooldown.ask(QUESTION, asked::incrementAndGet))
        .isInstanceOf(Refused.class);
    assertThat(asked).hasValue(1);
    now.addAndGet(1);
    assertThat(cooldown.ask(QUESTION, asked::incrementAndGet)).isEqualTo(2);
  }

  private void throttle(Optional<Duration> retryAfter) {
    refuse(429, retryAfter);
  }

  private void refuse(int code, Optional<Duration> retryAfter) {
    Refused refused = new Refused(code, "NO", "r", Optional.empty()).withRetryAfter(retryAfter);
    assertThatThrownBy(
            () ->
                cooldown.ask(
                    QUESTION,
                    () -> {
                      asked.incrementAndGet();
                      throw refused;
                    }))
        .isSameAs(refused);
  }
}
