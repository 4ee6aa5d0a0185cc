package io.github.keywrap.jdcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.app.KeyRings;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.Reads;
import io.github.keywrap.domain.RingKey;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.StatusPolicy;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.FakeKms;
import io.github.keywrap.fakekms.Fault;
import io.github.keywrap.fakekms.Operation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A KMS that goes away and comes back, under load, as callers of the ring see it. */
final class JdCloudOutageTest {
  private static final int CALLERS = 8;

  @TempDir private Path folder;

  @Test
  void tenSecondsAwayAndWellWithinFiveSeconds() throws Exception {
    outage(Fault.UNAVAILABLE);
  }

  @Test
  void anOutageThatOnlyHangsPassesTheSame() throws Exception {
    outage(Fault.NO_ANSWER);
  }

  /** No time-out of the HTTP client covers this: it resolves names in the caller's thread. */
  @Test
  void aNameServerThatHangsHoldsNoCallUp() throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder)) {
      key.set("keys.k.endpoint", "http://" + HangingNames.NAME + ":" + key.kms.port());
      key.set("keys.k.pool.threads", "2");
      try (KeyRing ring = KeyRings.open(key.load(), new SimpleMeterRegistry())) {
        RingKey active = ring.active();
        active.monitor().start();
        for (int call = 0; call < 10; call++) {
          long began = System.nanoTime();
          assertThat(failure(active)).isInstanceOf(BackendUnavailable.class);
          assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
        }
        assertThat(HangingNames.waiting()).isPositive();
        HangingNames.answer();
        await().atMost(Duration.ofSeconds(10)).until(() -> failure(active) == null);
      }
    }
  }

  /** After a restart no probe has wrapped anything that could be opened again. */
  @Test
  void aReadTellsThatReadsWorkThoughNothingWasEverWrapped() throws Exception {
    FakeKms kms = FakeKms.start();
    WrappedKey before;
    try (JdCloudRing first = new JdCloudRing(folder, kms, "keys.k.version-tracking", "off")) {
      before = first.wrap(Duration.ofSeconds(3)).join();
      kms.fault(Fault.UNAVAILABLE, Operation.ENCRYPT);
      JdCloudKey settings = first.settings;
      try (KeyRing restarted = KeyRings.open(settings.load(), new SimpleMeterRegistry())) {
        RingKey key = restarted.active();
        key.monitor().start();
        await().until(() -> key.monitor().health() instanceof KeyHealth.Outage);
        Deadline deadline = Deadline.after(Duration.ofSeconds(3));
        key.unwrap(before, deadline).join().close();
        await().until(() -> key.monitor().reads() == Reads.WORK);
        kms.fault(Fault.UNAVAILABLE);
        await().until(() -> key.monitor().reads() == Reads.FAIL);
      }
    }
  }

  private static CompletableFuture<WrappedKey> wrap(RingKey key, Duration time) {
    return key.wrap(SecretBytes.owning(JdCloudKey.DEK.clone()), Deadline.after(time));
  }

  /** Null if it went well. */
  private static @Nullable Throwable failure(RingKey key) {
    try {
      WrappedKey _ = wrap(key, Duration.ofMillis(300)).join();
      return null;
    } catch (CompletionException failed) {
      return failed.getCause();
    }
  }

  private void outage(Fault fault) throws Exception {
    try (JdCloudKey key = new JdCloudKey(folder);
        KeyRing ring =
            KeyRings.open(
                key.set("health-interval", "10s").set("call-timeout", "3s").load(),
                new SimpleMeterRegistry());
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      RingKey active = ring.active();
      active.monitor().start();
      active.monitor().awaitFirstProbe(Duration.ofSeconds(10));
      AtomicBoolean stop = new AtomicBoolean();
      AtomicLong lastSuccess = new AtomicLong(System.nanoTime());
      AtomicLong slow = new AtomicLong();
      AtomicLong fast = new AtomicLong();
      AtomicLong knownSince = new AtomicLong(Long.MAX_VALUE);
      List<Future<?>> load = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        load.add(callers.submit(() -> call(active, stop, lastSuccess, knownSince, slow, fast)));
      }
      try {
        key.kms.fault(fault);
        await()
            .atMost(Duration.ofSeconds(12))
            .until(
                () ->
                    active.monitor().health() instanceof KeyHealth.Outage outage
                        && System.nanoTime() - outage.since() > Duration.ofSeconds(2).toNanos());
        knownSince.set(System.nanoTime());
        // A coasting Status all the while: kube-apiserver may go on with the seed that it holds.
        StatusPolicy coast = new StatusPolicy(true, Duration.ofHours(1), Duration.ofSeconds(30));
        await()
            .pollDelay(Duration.ofSeconds(6))
            .atMost(Duration.ofSeconds(12))
            .until(
                () ->
                    coast.answer(active.monitor().health(), System.nanoTime())
                        instanceof StatusPolicy.Answer.Degraded);
        knownSince.set(Long.MAX_VALUE);
        long back = System.nanoTime();
        key.kms.fault(Fault.NONE);
        await()
            .pollInterval(Duration.ofMillis(50))
            .atMost(Duration.ofSeconds(5))
            .until(() -> lastSuccess.get() - back > 0);
      } finally {
        stop.set(true);
      }
      for (Future<?> caller : load) {
        caller.get();
      }
      assertThat(slow.get()).as("one call in a second is tried").isLessThanOrEqualTo(10);
      assertThat(fast.get()).as("calls that fail at once").isGreaterThan(200);
      assertThat(key.kms.nonceConflicts()).isZero();
    }
  }

  private static void call(
      RingKey key,
      AtomicBoolean stop,
      AtomicLong lastSuccess,
      AtomicLong knownSince,
      AtomicLong slow,
      AtomicLong fast) {
    while (!stop.get()) {
      long began = System.nanoTime();
      try {
        WrappedKey _ = wrap(key, Duration.ofSeconds(3)).join();
        lastSuccess.set(System.nanoTime());
      } catch (CompletionException failed) {
        long took = System.nanoTime() - began;
        if (began - knownSince.get() > 0 && knownSince.get() != Long.MAX_VALUE) {
          (took > Duration.ofMillis(500).toNanos() ? slow : fast).incrementAndGet();
        }
        await().pollDelay(Duration.ofMillis(10)).until(() -> true);
      }
    }
  }
}
