package io.github.keywrap.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.FakeKeyWrapper;
import io.github.keywrap.domain.HealthMonitor;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.LentRing;
import io.github.keywrap.domain.OneKey;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BackEndLivenessTest {
  private final FakeKeyWrapper backEnd = new FakeKeyWrapper();
  private final HealthMonitor monitor =
      new HealthMonitor("hsm", backEnd, Duration.ofMillis(10), Duration.ofSeconds(1));
  private final KeyRing ring = OneKey.ring(backEnd, monitor);
  private final AtomicLong later = new AtomicLong();
  private final BackEndLiveness liveness =
      new BackEndLiveness(new LentRing(ring), () -> System.nanoTime() + later.get());

  @AfterEach
  void close() {
    ring.close();
  }

  @Test
  void aBackEndThatFailsIsAlive() {
    backEnd.wrapping =
        _ -> {
          throw new BackendUnavailable("gone", null);
        };
    monitor.start();
    await().until(() -> monitor.health() instanceof KeyHealth.Outage);
    assertThat(liveness.call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void aProbeThatHangsForFiveMinutesIsNot() throws InterruptedException {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    backEnd.wrapping =
        plaintext -> {
          hanging.countDown();
          awaitQuietly(end);
          return plaintext;
        };
    monitor.start();
    hanging.await();
    assertThat(liveness.call().getStatus()).isEqualTo(Status.UP);
    later.set(Duration.ofMinutes(4).toNanos());
    assertThat(liveness.call().getStatus()).isEqualTo(Status.UP);
    later.set(Duration.ofMinutes(5).toNanos());
    assertThat(liveness.call().getStatus()).isEqualTo(Status.DOWN);
    end.countDown();
    await().until(() -> monitor.probeLasts(System.nanoTime()).compareTo(Duration.ofSeconds(1)) < 0);
  }

  @Test
  void aBackEndThatSaysThatItNeedsARestartIsNot() {
    backEnd.condition = new KeyCondition.Impaired("a blemish");
    assertThat(liveness.call().getStatus()).isEqualTo(Status.UP);
    backEnd.condition = new KeyCondition.NeedsRestart("stuck");
    assertThat(liveness.call().getStatus()).isEqualTo(Status.DOWN);
    assertThat(liveness.call().getData().orElseThrow()).containsEntry("needs a restart", "stuck");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
