package io.github.keywrap.jdcloud;

import static io.github.keywrap.jdcloud.JdCloudKey.DEK;
import static io.github.keywrap.jdcloud.JdCloudRing.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.Throttled;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.FakeKms;
import io.github.keywrap.fakekms.Fault;
import io.github.keywrap.fakekms.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A KMS that limits calls: they wait for their turn, and it is no outage. */
final class JdCloudThrottlingTest {
  private static final Duration TIME = Duration.ofSeconds(10);

  @TempDir private Path folder;

  @Test
  void allCallsGoThroughWhereTheTimeOfEachIsEnough() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "keys.k.pool.threads", "8")) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.rateLimit(20);
      List<CompletableFuture<byte[]>> reads = new ArrayList<>();
      for (int call = 0; call < 200; call++) {
        reads.add(ring.unwrap(wrapped, TIME));
      }
      long passed = reads.stream().filter(read -> failure(read) == null).count();
      assertThat(passed).isEqualTo(200);
      assertThat(ring.settings.kms.requests(Operation.DECRYPT)).isLessThan(400);
      assertThat(ring.key.monitor().health()).isInstanceOf(KeyHealth.Healthy.class);
    }
  }

  /** Of calls that come at once after a pause all but one are throttled, which says little. */
  @Test
  void allCallsOfABurstGoThroughWhereTheKmsKeepsNothingForBursts() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder)) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.rateLimit(20, 1);
      for (int burst = 0; burst < 3; burst++) {
        int before = ring.settings.kms.requests(Operation.DECRYPT);
        List<CompletableFuture<byte[]>> reads = new ArrayList<>();
        for (int call = 0; call < 16; call++) {
          reads.add(ring.unwrap(wrapped, Duration.ofSeconds(3)));
        }
        assertThat(reads).as("burst %d", burst).allMatch(read -> failure(read) == null);
        assertThat(ring.settings.kms.requests(Operation.DECRYPT) - before).isLessThan(64);
        await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
      }
    }
  }

  /** Wraps that are read back: two operations, one limit, and none of it kept for bursts. */
  @ParameterizedTest
  @ValueSource(ints = {4, 40, 600})
  void writesUseALimitThatKeepsNothingForBursts(int callers) throws Exception {
    AtomicInteger written = new AtomicInteger();
    AtomicBoolean isOver = new AtomicBoolean();
    try (JdCloudRing ring = new JdCloudRing(folder, "verify-wrap", "always");
        ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      ring.settings.kms.rateLimit(100, 1);
      for (int caller = 0; caller < callers; caller++) {
        writers.execute(() -> writeUntil(isOver, ring, written));
      }
      try {
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () -> {
                  int before = written.get();
                  requestsIn(ring, Duration.ofSeconds(2));
                  assertThat(written.get() - before).as("of 100").isGreaterThan(50);
                });
        int before = written.get();
        int requests = requestsIn(ring, Duration.ofSeconds(2));
        assertThat(requests).isLessThan(4 * (written.get() - before) + 64);
      } finally {
        isOver.set(true);
      }
    }
  }

  private static void writeUntil(AtomicBoolean isOver, JdCloudRing ring, AtomicInteger written) {
    while (!isOver.get()) {
      if (failure(ring.wrap(Duration.ofSeconds(3))) == null) {
        written.incrementAndGet();
      } else {
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
    }
  }

  @Test
  void whatCannotBeSentInTimeFailsAtOnceAsThrottled() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "keys.k.pool.threads", "8")) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.fault(Fault.NONE);
      ring.settings.kms.rateLimit(5);
      List<CompletableFuture<byte[]>> flood = new ArrayList<>();
      for (int call = 0; call < 200; call++) {
        flood.add(ring.unwrap(wrapped, Duration.ofSeconds(2)));
      }
      await().until(() -> ring.settings.kms.requests(Operation.DECRYPT) > 20);
      long began = System.nanoTime();
      assertThat(failure(ring.unwrap(wrapped, Duration.ofSeconds(2))))
          .isInstanceOf(Throttled.class)
          .hasMessageContaining("too late");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(500));
      assertThat(flood).filteredOn(call -> failure(call) == null).isNotEmpty();
      assertThat(flood)
          .filteredOn(call -> failure(call) != null && !(failure(call) instanceof Throttled))
          .as("those that were sent to learn whether there is time: one in a second")
          .hasSizeLessThan(4)
          .allSatisfy(call -> assertThat(failure(call)).isInstanceOf(BackendUnavailable.class));
    }
  }

  /** What is learnt from calls that hung must not keep all others from being made. */
  @Test
  void aLimitAfterAHangIsNoOutage() throws Exception {
    Duration time = Duration.ofSeconds(1);
    try (JdCloudRing ring = new JdCloudRing(folder, "health-interval", "5m")) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.fault(Fault.SLOW_BODY, Operation.DECRYPT);
      List<CompletableFuture<byte[]>> hanging = new ArrayList<>();
      for (int call = 0; call < 32; call++) {
        hanging.add(ring.unwrap(wrapped, time));
      }
      assertThat(hanging).allSatisfy(call -> assertThat(failure(call)).isNotNull());
      ring.settings.kms.fault(Fault.RATE_LIMITED, Operation.DECRYPT);
      await().until(() -> failure(ring.unwrap(wrapped, time)) instanceof Throttled);
      ring.settings.kms.fault(Fault.NONE);
      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> failure(ring.unwrap(wrapped, time)) == null);
      List<CompletableFuture<byte[]>> reads = new ArrayList<>();
      for (int call = 0; call < 8; call++) {
        reads.add(ring.unwrap(wrapped, Duration.ofSeconds(3)));
      }
      assertThat(reads).as("not one in a second only").allMatch(read -> failure(read) == null);
    }
  }

  @Test
  void decryptGoesBeforeEncrypt() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "verify-wrap", "off")) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.rateLimit(20);
      AtomicLong lastRead = new AtomicLong();
      AtomicLong lastWrite = new AtomicLong();
      List<CompletableFuture<?>> calls = new ArrayList<>();
      for (int call = 0; call < 40; call++) {
        calls.add(ring.wrap(TIME).thenRun(() -> lastWrite.set(System.nanoTime())));
        calls.add(ring.unwrap(wrapped, TIME).thenRun(() -> lastRead.set(System.nanoTime())));
      }
      assertThat(calls).allSatisfy(call -> assertThat(failure(call)).isNull());
      assertThat(lastRead.get()).isLessThan(lastWrite.get() - Duration.ofMillis(500).toNanos());
    }
  }

  /** Wraps are not limited, and a wrap that is made again at once would ask without end. */
  @ParameterizedTest
  @EnumSource(names = {"RATE_LIMITED", "RETRY_LATER", "REQUEST_TIMEOUT"})
  void aReadBackThatIsThrottledWaitsForItsOwnTurn(Fault fault) throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "verify-wrap", "always")) {
      WrappedKey _ = ring.wrap(TIME).join();
      ring.settings.kms.fault(fault, Operation.DECRYPT);
      int before = ring.settings.kms.requests(Operation.DECRYPT);
      assertThat(failure(ring.wrap(Duration.ofSeconds(3)))).isInstanceOf(Throttled.class);
      assertThat(ring.settings.kms.requests(Operation.DECRYPT) - before).isLessThan(10);
    }
  }

  @Test
  void manyReadBacksUseWhatDecryptAllows() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "verify-wrap", "always")) {
      WrappedKey _ = ring.wrap(TIME).join();
      ring.settings.kms.rateLimit(10, Operation.DECRYPT);
      int before = ring.settings.kms.requests(Operation.DECRYPT);
      List<CompletableFuture<WrappedKey>> writes = new ArrayList<>();
      for (int call = 0; call < 20; call++) {
        writes.add(ring.wrap(TIME));
      }
      assertThat(writes).allSatisfy(write -> assertThat(failure(write)).isNull());
      assertThat(ring.settings.kms.requests(Operation.DECRYPT) - before).isLessThan(100);
    }
  }

  @Test
  void retryAfterIsKept() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "health-interval", "5m")) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.faultTimes(1, Fault.RETRY_LATER, Operation.DECRYPT);
      long began = System.nanoTime();
      assertThat(ring.unwrap(wrapped, TIME).join()).isEqualTo(DEK);
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
      ring.settings.kms.faultTimes(1, Fault.RETRY_LATER, Operation.DECRYPT);
      began = System.nanoTime();
      assertThat(failure(ring.unwrap(wrapped, Duration.ofMillis(900))))
          .isInstanceOf(Throttled.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(500));
    }
  }

  /** Nobody calls; what is asked for are probes and versions. */
  @Test
  void askedForNoMoreThanWhenWell() throws Exception {
    String[] fast = {"health-interval", "1s", "keys.k.version-interval", "6s"};
    try (JdCloudRing ring = new JdCloudRing(folder, fast)) {
      long well = requestsIn(ring, Duration.ofSeconds(6));
      ring.settings.kms.fault(Fault.RATE_LIMITED);
      long throttled = requestsIn(ring, Duration.ofSeconds(6));
      assertThat(throttled).isPositive().isLessThanOrEqualTo(well);
      assertThat(ring.key.monitor().health()).isInstanceOf(KeyHealth.Healthy.class);
    }
  }

  /** Where no version is known yet, a look that failed is followed by a trial of the key. */
  @Test
  void askedForNoMoreWhenThrottledFromTheFirstStartOn() throws Exception {
    String[] fast = {"health-interval", "300ms", "keys.k.version-interval", "300ms"};
    long well;
    try (JdCloudRing ring = new JdCloudRing(folder, fast)) {
      well = requestsIn(ring, Duration.ofSeconds(3));
    }
    try (FakeKms kms = FakeKms.start()) {
      kms.fault(Fault.RATE_LIMITED);
      try (JdCloudRing ring = new JdCloudRing(folder.resolve("new"), kms, fast)) {
        // Past the time in which it looks again soon.
        long soon = requestsIn(ring, Duration.ofSeconds(4));
        long later = requestsIn(ring, Duration.ofSeconds(3));
        assertThat(soon).isPositive();
        assertThat(later).isPositive().isLessThanOrEqualTo(well);
      }
    }
  }

  /** With the pauses that nobody has set: the next look at the versions must not be far away. */
  @Test
  void theKeyIdIsKnownSoonAfterALimitThatHeldAtTheFirstStart() throws Exception {
    try (FakeKms kms = FakeKms.start()) {
      kms.fault(Fault.RATE_LIMITED);
      try (JdCloudRing ring = new JdCloudRing(folder, kms)) {
        // One of the probe; the other where the looks have given up and the key itself is tried.
        await().atMost(Duration.ofSeconds(20)).until(() -> kms.requests(Operation.ENCRYPT) >= 3);
        assertThat(ring.key.currentKeyId()).isEmpty();
        kms.fault(Fault.NONE);
        await().atMost(Duration.ofSeconds(15)).until(() -> ring.key.currentKeyId().isPresent());
        assertThat(ring.key.currentKeyId().orElseThrow().version()).isNotEmpty();
      }
    }
  }

  /** Nobody's calls go through, and that is no outage: it has to be told all the same. */
  @Test
  void aLimitThatLastsIsToldWithItsBeginning() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "health-interval", "200ms")) {
      await().until(() -> ring.key.currentKeyId().isPresent());
      ring.settings.kms.fault(Fault.QUOTA_EXCEEDED, Operation.ENCRYPT, Operation.DECRYPT);
      await()
          .untilAsserted(
              () ->
                  assertThat(ring.key.monitor().condition().addition())
                      .containsPattern("limits calls: no probe has gone through since 20.*Z")
                      .contains("429 QUOTA_EXCEEDED"));
      String told = ring.key.monitor().condition().addition();
      assertThat(ring.key.monitor().health()).isInstanceOf(KeyHealth.Healthy.class);
      int before = ring.settings.kms.requests(Operation.ENCRYPT);
      await().until(() -> ring.settings.kms.requests(Operation.ENCRYPT) > before + 3);
      assertThat(ring.key.monitor().condition().addition())
          .as("one line in the log")
          .isEqualTo(told);
      ring.settings.kms.fault(Fault.NONE);
      await().until(() -> ring.key.monitor().condition().equals(new KeyCondition.Sound()));
    }
  }

  private static int requestsIn(JdCloudRing ring, Duration time) {
    int before = ring.settings.kms.requests();
    long began = System.nanoTime();
    await().atMost(time.multipliedBy(2)).until(() -> System.nanoTime() - began > time.toNanos());
    return ring.settings.kms.requests() - before;
  }
}
