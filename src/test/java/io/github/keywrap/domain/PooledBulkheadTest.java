package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PooledBulkheadTest {
  private final CountDownLatch backEndAnswers = new CountDownLatch(1);

  /** No other test's, whose threads may live on for a moment. */
  private final String name = "hsm-" + System.nanoTime();

  private final PooledBulkhead bulkhead = new PooledBulkhead(name, 1, 2);

  @AfterEach
  void letGo() {
    backEndAnswers.countDown();
    bulkhead.close();
  }

  @Test
  void passesOnWhatTheCallReturnsOrThrows() throws Exception {
    assertThat(bulkhead.submit(Operation.WRAP, () -> 7, later()).get()).isEqualTo(7);
    CompletableFuture<Integer> failed =
        bulkhead.submit(
            Operation.WRAP,
            () -> {
              throw new InvalidCiphertext("altered");
            },
            later());
    assertThatThrownBy(failed::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(InvalidCiphertext.class);
  }

  @Test
  void anErrorIsTheEndOfItsCallAloneAndAtOnce() throws Exception {
    NoClassDefFoundError error = new NoClassDefFoundError("a class that is gone");
    CompletableFuture<Integer> failed =
        bulkhead.submit(
            Operation.WRAP,
            () -> {
              throw error;
            },
            Deadline.after(Duration.ofHours(1)));
    await().until(failed::isDone);
    assertThatThrownBy(failed::get).cause().isSameAs(error);
    assertThat(bulkhead.submit(Operation.WRAP, () -> 7, later()).get()).isEqualTo(7);
  }

  @Test
  void givesUpACallThatHangsAtItsDeadline() {
    assertDeadlineExceeded(bulkhead.submit(Operation.WRAP, hanging(new CountDownLatch(1)), soon()));
  }

  @Test
  void givesUpACallThatHangsAfterAQuietTimeToo() {
    await().until(() -> watch().getState() == Thread.State.WAITING);
    assertDeadlineExceeded(bulkhead.submit(Operation.WRAP, hanging(new CountDownLatch(1)), soon()));
  }

  @Test
  void givesUpACallThatHangsWhileItIsClosedAndThenEnds() {
    Thread watch = watch();
    CompletableFuture<?> call =
        bulkhead.submit(Operation.WRAP, hanging(new CountDownLatch(1)), soon());
    bulkhead.close();
    assertDeadlineExceeded(call);
    await().until(() -> !watch.isAlive());
  }

  private Thread watch() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("deadlines-" + name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void doesNotSendACallWhoseTimeRanOutWhileItWaited() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CompletableFuture<?> busy = bulkhead.submit(Operation.WRAP, hanging(running), later());
    running.await();
    AtomicBoolean sent = new AtomicBoolean();
    assertDeadlineExceeded(
        bulkhead.submit(
            Operation.WRAP,
            () -> {
              sent.set(true);
              return 0;
            },
            soon()));
    backEndAnswers.countDown();
    busy.get();
    assertThat(bulkhead.submit(Operation.WRAP, () -> 1, later()).get()).isEqualTo(1);
    assertThat(sent).isFalse();
  }

  @Test
  void refusesOnlyWhenItsQueueIsFull() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CompletableFuture<?> first = bulkhead.submit(Operation.WRAP, hanging(running), later());
    running.await();
    CompletableFuture<?> second = bulkhead.submit(Operation.WRAP, () -> 2, later());
    CompletableFuture<?> third = bulkhead.submit(Operation.WRAP, () -> 3, later());
    assertThatThrownBy(() -> bulkhead.submit(Operation.WRAP, () -> 4, later()).get())
        .cause()
        .isInstanceOf(Throttled.class)
        .hasMessageContaining("\"%s\" has 2 calls waiting".formatted(name));
    backEndAnswers.countDown();
    await().untilAsserted(() -> assertThat(first).isDone());
    assertThat(second.get()).isEqualTo(2);
    assertThat(third.get()).isEqualTo(3);
  }

  @Test
  void takesNoCallAfterItIsClosed() {
    bulkhead.close();
    assertThatThrownBy(() -> bulkhead.submit(Operation.WRAP, () -> 1, later()).get())
        .cause()
        .isInstanceOf(BackendUnavailable.class);
  }

  private Supplier<Integer> hanging(CountDownLatch running) {
    return () -> {
      running.countDown();
      try {
        backEndAnswers.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return 1;
    };
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofMillis(300));
  }

  private static Deadline later() {
    return Deadline.after(Duration.ofMinutes(1));
  }

  private static void assertDeadlineExceeded(CompletableFuture<?> call) {
    assertThatThrownBy(call::get)
        .cause()
        .isInstanceOfSatisfying(
            BackendUnavailable.class, e -> assertThat(e.isDeadlineExceeded()).isTrue());
  }
}
