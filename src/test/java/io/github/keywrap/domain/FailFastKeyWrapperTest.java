package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FailFastKeyWrapperTest {
  private final FakeKeyWrapper backEnd = new FakeKeyWrapper();

  private final Breakers breakers = new Breakers();

  /** Probes when it is asked to: the pause is longer than the test. */
  private final HealthMonitor monitor =
      new HealthMonitor(
          "k",
          ReadBackKeyWrapper.always(breakers.watching(backEnd), () -> {}),
          Duration.ofMinutes(5),
          Duration.ofSeconds(1));

  private final AtomicInteger calls = new AtomicInteger();
  private final FailFastKeyWrapper wrapper =
      new FailFastKeyWrapper(backEnd, breakers, monitor::probeNow);

  @AfterEach
  void close() {
    monitor.close();
  }

  @Test
  void aCallThatFailsAsksForAProbeAndACallDuringAKnownOutageIsNotMade() throws Exception {
    start();
    fails(() -> new BackendUnavailable("gone", null));
    assertThatThrownBy(this::wrap).hasMessage("gone");
    await().until(() -> monitor.health() instanceof KeyHealth.Outage);
    await()
        .untilAsserted(
            () -> assertThatThrownBy(this::wrap).hasMessageStartingWith("not tried, as it has"));
    assertThatThrownBy(this::wrap)
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("gone");
    backEnd.wrapping = FakeKeyWrapper::reversed;
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
    assertThat(wrap().keyId()).isEqualTo(FakeKeyWrapper.KEY_ID);
  }

  @Test
  void whileOnlyWrapsFailEveryUnwrapIsMadeAndOneWrapInASecond() throws Exception {
    start();
    WrappedKey wrapped = wrap();
    fails(() -> new BackendUnavailable("gone", null));
    assertThatThrownBy(this::wrap).hasMessage("gone");
    await()
        .untilAsserted(
            () -> assertThatThrownBy(this::wrap).hasMessageStartingWith("not tried, as it has"));
    assertThat(monitor.reads()).isEqualTo(Reads.WORK);
    AtomicInteger made = new AtomicInteger();
    AtomicInteger reads = new AtomicInteger();
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              wrapper.unwrap(wrapped, Deadline.after(Duration.ofSeconds(1))).close();
              reads.incrementAndGet();
              made.addAndGet(isMade() ? 1 : 0);
              return made.get() == 3;
            });
    assertThat(reads.get()).as("unwraps in the two seconds between three wraps").isGreaterThan(50);
  }

  private boolean isMade() {
    try {
      wrap();
      return true;
    } catch (KmsException failure) {
      return failure.getMessage().equals("gone");
    }
  }

  @Test
  void beingThrottledIsNoOutage() throws Exception {
    start();
    fails(() -> Throttled.passing("too many", Duration.ZERO));
    monitor.probeNow();
    await().until(() -> calls.get() > 0);
    long began = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(5))
        .until(
            () -> {
              assertThatThrownBy(this::wrap).isInstanceOf(Throttled.class).hasMessage("too many");
              return System.nanoTime() - began > Duration.ofSeconds(2).toNanos();
            });
    assertThat(monitor.health()).isInstanceOf(KeyHealth.Healthy.class);
  }

  @Test
  void oneFailureOfLongAgoFailsNoCall() throws Exception {
    fails(() -> new BackendUnavailable("gone", null));
    assertThatThrownBy(this::wrap).hasMessage("gone");
    backEnd.wrapping = FakeKeyWrapper::reversed;
    await().pollDelay(Duration.ofMillis(1_200)).until(() -> true);
    assertThat(wrap().keyId()).isEqualTo(FakeKeyWrapper.KEY_ID);
    assertThat(wrap().keyId()).isEqualTo(FakeKeyWrapper.KEY_ID);
  }

  @Test
  void aDefiniteAnswerIsAskedForEachTime() throws Exception {
    start();
    fails(() -> new AccessDenied("no", null));
    monitor.probeNow();
    await().until(() -> monitor.health() instanceof KeyHealth.Lost);
    int before = calls.get();
    assertThatThrownBy(this::wrap).isInstanceOf(AccessDenied.class);
    assertThat(calls.get()).isGreaterThan(before);
  }

  private void start() throws InterruptedException {
    monitor.start();
    monitor.awaitFirstProbe(Duration.ofSeconds(10));
    assertThat(monitor.health()).isInstanceOf(KeyHealth.Healthy.class);
  }

  private void fails(Supplier<KmsException> failure) {
    backEnd.wrapping =
        _ -> {
          calls.incrementAndGet();
          throw failure.get();
        };
  }

  private WrappedKey wrap() {
    try (SecretBytes secret = SecretBytes.owning(new byte[32])) {
      return wrapper.wrap(secret, Deadline.after(Duration.ofSeconds(1)));
    }
  }
}
