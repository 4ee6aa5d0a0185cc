package io.github.keywrap.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.FakeKeyWrapper;
import io.github.keywrap.domain.HealthMonitor;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.LentRing;
import io.github.keywrap.domain.OneKey;
import io.github.keywrap.domain.StatusPolicy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KeyReadinessTest {
  private final FakeKeyWrapper backEnd = new FakeKeyWrapper();
  private final HealthMonitor monitor =
      new HealthMonitor("hsm", backEnd, Duration.ofMinutes(1), Duration.ofSeconds(10));
  private final KeyRing ring = OneKey.ring(backEnd, monitor);
  private final AtomicLong later = new AtomicLong();
  private final KeyReadiness readiness =
      new KeyReadiness(
          new LentRing(ring),
          new StatusPolicy(true, Duration.ofHours(1), Duration.ofMinutes(2)),
          () -> true,
          () -> System.nanoTime() + later.get());

  @AfterEach
  void close() {
    ring.close();
  }

  private String told() {
    return String.valueOf(readiness.call().getData().orElseThrow().get("key hsm"));
  }

  @Test
  void aKeyThatHasJustHungDoesNotJustWork() throws InterruptedException {
    monitor.start();
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
    assertThat(told()).startsWith("works, key id ").doesNotContain("probe");

    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    backEnd.wrapping =
        plaintext -> {
          hanging.countDown();
          awaitQuietly(end);
          return plaintext;
        };
    monitor.probeNow();
    hanging.await();
    later.set(Duration.ofSeconds(4).toNanos());

    assertThat(told()).contains("; a probe has waited for its answer for 4 s");
    assertThat(readiness.call().getStatus()).isEqualTo(Status.UP);

    end.countDown();
    await().untilAsserted(() -> assertThat(told()).doesNotContain("waited"));
  }

  @Test
  void whyTheKeyIdIsNotKnownIsSaidOnce() {
    backEnd.isVersioned = true;
    backEnd.isKnown = false;
    backEnd.condition = new KeyCondition.Impaired("no list");
    monitor.start();
    await().until(() -> monitor.health() instanceof KeyHealth.Unnamed);
    assertThat(told()).isEqualTo("works under v1; v2 waits: no list");
    backEnd.condition = new KeyCondition.Impaired("no list, for a new reason");
    assertThat(told()).endsWith("; but: no list, for a new reason");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
