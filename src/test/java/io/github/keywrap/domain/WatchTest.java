package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class WatchTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final AtomicInteger rounds = new AtomicInteger();

  @Test
  void goesOnAfterThePauseThatARoundSays() {
    try (Watch watch =
        new Watch("test", () -> rounds.incrementAndGet() < 3 ? Duration.ZERO : HOUR)) {
      watch.start();
      await().untilAtomic(rounds, value -> assertThat(value).isEqualTo(3));
    }
  }

  @Test
  void comesSoonerWhenAskedAndOnceForManyWhoAsk() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    try (Watch watch =
        Watch.every(
            HOUR,
            "test",
            () -> {
              rounds.incrementAndGet();
              awaitQuietly(end);
            })) {
      watch.start();
      await().until(() -> rounds.get() == 1);
      for (int i = 0; i < 100; i++) {
        watch.soon();
      }
      end.countDown();
      await().until(() -> rounds.get() == 2);
      watch.soon();
      await().until(() -> rounds.get() == 3);
    }
  }

  @Test
  void anErrorInARoundIsNotItsEnd() {
    try (Watch watch =
        Watch.every(
            HOUR,
            "test",
            () -> {
              if (rounds.incrementAndGet() == 1) {
                throw new StackOverflowError();
              }
            })) {
      watch.start();
      await().until(() -> rounds.get() == 1);
      await()
          .until(
              () -> {
                watch.soon();
                return rounds.get() > 1;
              });
    }
  }

  @Test
  void doesNothingMoreOnceItIsClosed() {
    Watch watch = Watch.every(Duration.ofMillis(1), "test-closed", rounds::incrementAndGet);
    watch.start();
    await().until(() -> rounds.get() > 3);
    watch.close();
    watch.soon();
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("test-closed")));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
