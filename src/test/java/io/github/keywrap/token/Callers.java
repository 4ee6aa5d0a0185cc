package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Callers that wrap and unwrap without a pause, and remember what they were told. */
final class Callers implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  /** Enough to check at the end; more would only take longer. */
  private static final int MAX_KEPT = 5_000;

  private final KeyRing ring;
  private final ExecutorService threads;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLongArray served;
  private final AtomicLongArray failed;
  private final AtomicLong longest = new AtomicLong();
  private final Map<Long, WrappedKey> acknowledged = new ConcurrentHashMap<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  Callers(KeyRing ring, int number) {
    this.ring = ring;
    this.threads = Executors.newFixedThreadPool(number);
    this.served = new AtomicLongArray(number);
    this.failed = new AtomicLongArray(number);
    for (int caller = 0; caller < number; caller++) {
      int self = caller;
      threads.execute(() -> callAndCall(self));
    }
  }

  private void callAndCall(int self) {
    while (!closed) {
      long number = next.incrementAndGet();
      long start = System.nanoTime();
      try {
        WrappedKey wrapped = wrap(number);
        if (acknowledged.size() < MAX_KEPT) {
          acknowledged.put(number, wrapped);
        }
        check(number, wrapped);
        served.incrementAndGet(self);
      } catch (CompletionException failure) {
        failures.add(failure.getCause());
        failed.incrementAndGet(self);
        Thread.onSpinWait();
      } finally {
        longest.accumulateAndGet(System.nanoTime() - start, Math::max);
      }
    }
  }

  private static byte[] plaintext(long number) {
    return ByteBuffer.allocate(32).putLong(number).array();
  }

  private WrappedKey wrap(long number) {
    SecretBytes secret = SecretBytes.owning(plaintext(number));
    return ring.active().wrapVerified(secret, Deadline.after(DEADLINE)).join();
  }

  private void check(long number, WrappedKey wrapped) {
    Deadline deadline = Deadline.after(DEADLINE);
    try (SecretBytes secret = ring.active().unwrap(wrapped, deadline).join()) {
      if (!Arrays.equals(secret.expose(), plaintext(number))) {
        wrong.add("call " + number + " opened to something else");
      }
    }
  }

  /** Waits until every caller was served some more times. */
  void awaitServed() {
    awaitServedWithin(Duration.ofSeconds(20));
  }

  void awaitServedWithin(Duration most) {
    awaitServedWithin(most, 5);
  }

  void awaitServedWithin(Duration most, int times) {
    long[] before = snapshot(served);
    await().atMost(most).pollInterval(Duration.ofMillis(5)).until(() -> all(served, before, times));
  }

  /** Waits until every caller has failed. */
  void awaitFailed() {
    long[] before = snapshot(failed);
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> all(failed, before, 1));
  }

  private static long[] snapshot(AtomicLongArray counts) {
    long[] snapshot = new long[counts.length()];
    Arrays.setAll(snapshot, counts::get);
    return snapshot;
  }

  private static boolean all(AtomicLongArray counts, long[] before, int more) {
    for (int i = 0; i < before.length; i++) {
      if (counts.get(i) < before[i] + more) {
        return false;
      }
    }
    return true;
  }

  List<Throwable> failures() {
    return List.copyOf(failures);
  }

  Duration longestCall() {
    return Duration.ofNanos(longest.get());
  }

  /** Ends the calls, and opens once more all that was ever acknowledged. */
  void assertNothingWrongAndNothingLost() {
    close();
    assertThat(wrong).isEmpty();
    assertThat(failures)
        .allSatisfy(
            failure ->
                assertThat(failure)
                    .isInstanceOfAny(
                        KmsException.BackendUnavailable.class,
                        KmsException.Throttled.class,
                        KmsException.ReadBackMismatch.class));
    acknowledged.forEach(this::check);
    assertThat(wrong).isEmpty();
  }

  @Override
  public void close() {
    closed = true;
    threads.close();
  }
}
