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

  /** Probes when it is asked to: the pause is longer than the test. */
  private final HealthMonitor monitor =
      new HealthMonitor(
          "k",
          new ReadBackKeyWrapper(backEnd, ReadBackKeyWrapper.Policy.ALWAYS, () -> {}),
          Duration.ofMinutes(5),
          Duration.ofSeconds(1));

  private final AtomicInteger calls = new AtomicInteger();
  private final FailFastKeyWrapper wrapper = new FailFastKeyWrapper(backEnd, monitor);

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
  void beingThrottledStaysThat() throws Exception {
    start();
    fails(() -> new Throttled("too many"));
    assertThatThrownBy(this::wrap).isInstanceOf(Throttled.class);
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(this::wrap)
                    .isInstanceOf(Throttled.class)
                    .hasMessageStartingWith("not tried"));
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
