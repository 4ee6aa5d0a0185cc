package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HealthMonitorTest {
  private final FakeKeyWrapper backEnd = new FakeKeyWrapper();
  private final HealthMonitor monitor =
      new HealthMonitor(
          "hsm",
          new ReadBackKeyWrapper(backEnd, ReadBackKeyWrapper.Policy.ALWAYS, () -> {}),
          Duration.ofMillis(10),
          Duration.ofSeconds(1));

  @AfterEach
  void close() {
    monitor.close();
  }

  @Test
  void knowsAfterTheFirstProbe() throws InterruptedException {
    assertThat(monitor.health()).isInstanceOf(KeyHealth.Unknown.class);
    monitor.start();
    monitor.awaitFirstProbe(Duration.ofSeconds(10));
    assertThat(monitor.health()).isInstanceOf(KeyHealth.Healthy.class);
  }

  @Test
  void noticesAnOutageAndItsEnd() {
    monitor.start();
    backEnd.wrapping =
        _ -> {
          throw new BackendUnavailable("gone", null);
        };
    await().until(() -> monitor.health() instanceof KeyHealth.Outage);
    backEnd.wrapping = FakeKeyWrapper::reversed;
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
  }

  @Test
  void findsOutThatTheBackEndLies() {
    backEnd.wrapping = plaintext -> new byte[plaintext.length];
    monitor.start();
    await().until(() -> monitor.health() instanceof KeyHealth.Lost);
  }

  @Test
  void goesOnAfterADefect() {
    backEnd.wrapping =
        _ -> {
          throw new IllegalStateException("a defect");
        };
    monitor.start();
    await().until(() -> monitor.health() instanceof KeyHealth.Outage);
    backEnd.wrapping = FakeKeyWrapper::reversed;
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
  }

  @Test
  void answersFromMemoryWhileAProbeHangs() throws InterruptedException {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    backEnd.wrapping =
        plaintext -> {
          hanging.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return FakeKeyWrapper.reversed(plaintext);
        };
    monitor.start();
    hanging.await();
    assertThat(monitor.health()).isInstanceOf(KeyHealth.Unknown.class);
    release.countDown();
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
  }
}
