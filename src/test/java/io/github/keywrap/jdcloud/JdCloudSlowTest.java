package io.github.keywrap.jdcloud;

import static io.github.keywrap.jdcloud.JdCloudKey.DEK;
import static io.github.keywrap.jdcloud.JdCloudRing.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.FakeKms;
import io.github.keywrap.fakekms.Fault;
import io.github.keywrap.fakekms.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A KMS that is slow is no KMS that is away. */
final class JdCloudSlowTest {
  /** What kube-apiserver gives a call. */
  private static final Duration TIME = Duration.ofSeconds(3);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {900, 1_100, 2_500})
  void serves(int milliseconds) throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "health-interval", "5m")) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.delay(Duration.ofMillis(milliseconds));
      for (int round = 0; round < 2; round++) {
        int before = ring.settings.kms.requests(Operation.DECRYPT);
        List<CompletableFuture<byte[]>> reads = new ArrayList<>();
        for (int call = 0; call < 6; call++) {
          reads.add(ring.unwrap(wrapped, TIME));
        }
        assertThat(reads).allSatisfy(read -> assertThat(read.join()).isEqualTo(DEK));
        assertThat(ring.settings.kms.requests(Operation.DECRYPT) - before)
            .as("requests for 6 calls")
            .isLessThanOrEqualTo(round == 0 ? 12 : 6);
      }
      assertThat(failure(ring.wrap(TIME))).as("a wrap").isNull();
      int before = ring.settings.kms.requests(Operation.DECRYPT);
      assertThat(failure(ring.wrap(Duration.ofSeconds(10)))).as("a wrap, read back").isNull();
      assertThat(ring.settings.kms.requests(Operation.DECRYPT) - before).isPositive();
    }
  }

  /** With the time of a read-back left or not: what the probe knows to be wrong is not stored. */
  @Test
  void whatIsWrappedWronglyIsRefusedHoweverSlow() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "health-interval", "500ms")) {
      WrappedKey _ = ring.wrap(TIME).join();
      ring.settings.kms.delay(Duration.ofMillis(1_600), Operation.ENCRYPT);
      ring.settings.kms.fault(Fault.WRONG_BLOB, Operation.ENCRYPT);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> !(ring.key.monitor().health() instanceof KeyHealth.Healthy));
      assertThat(failure(ring.wrap(TIME))).isNotNull();
    }
  }

  /** A probe that was throttled has found nothing, though the key counts as well. */
  @Test
  void nothingPassesUnreadWhileProbesAreThrottled() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "health-interval", "300ms")) {
      WrappedKey _ = ring.wrap(TIME).join();
      ring.settings.kms.delay(Duration.ofMillis(1_600), Operation.ENCRYPT);
      ring.settings.kms.fault(Fault.RATE_LIMITED, Operation.DECRYPT);
      await().atMost(Duration.ofSeconds(10)).until(() -> !ring.key.monitor().hasPassed());
      assertThat(ring.key.monitor().health()).isInstanceOf(KeyHealth.Healthy.class);
      assertThat(failure(ring.wrap(TIME))).isNotNull();
    }
  }

  @Test
  void aNewProcessStoresNothingBeforeItKnowsThatItOpens() throws Exception {
    try (FakeKms kms = FakeKms.start()) {
      kms.delay(Duration.ofMillis(1_600), Operation.ENCRYPT);
      kms.fault(Fault.WRONG_BLOB, Operation.ENCRYPT);
      try (JdCloudRing ring = new JdCloudRing(folder, kms)) {
        for (int write = 0; write < 3; write++) {
          assertThat(failure(ring.wrap(TIME))).isNotNull();
        }
      }
    }
  }

  @Test
  void writesWhereOnlyReadingIsSlow() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "health-interval", "5m")) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.delay(Duration.ofMillis(600), Operation.ENCRYPT);
      ring.settings.kms.delay(Duration.ofMillis(3_500), Operation.DECRYPT);
      // So many that read-backs which are given up, if they counted, would make Decrypt an outage.
      for (int write = 0; write < 16; write++) {
        assertThat(failure(ring.wrap(TIME))).isNull();
      }
      assertThat(failure(ring.unwrap(wrapped, Duration.ofSeconds(10)))).isNull();
    }
  }

  @Test
  void servesAsManyReadersAsAKubeApiserverMayHave() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "health-interval", "5m")) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.delay(Duration.ofMillis(2_500));
      List<CompletableFuture<byte[]>> reads = new ArrayList<>();
      for (int call = 0; call < 64; call++) {
        reads.add(ring.unwrap(wrapped, TIME));
      }
      assertThat(reads).allSatisfy(read -> assertThat(read.join()).isEqualTo(DEK));
    }
  }

  @Test
  void aRequestWithoutAnAnswerIsSentOnceMoreWhereAnswersAreUsuallyFast() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "health-interval", "5m")) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.faultTimes(1, Fault.NO_ANSWER, Operation.DECRYPT);
      long began = System.nanoTime();
      assertThat(ring.unwrap(wrapped, TIME).join()).isEqualTo(DEK);
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_900));
      int before = ring.settings.kms.requests(Operation.DECRYPT);
      ring.settings.kms.fault(Fault.NO_ANSWER, Operation.DECRYPT);
      assertThat(failure(ring.unwrap(wrapped, TIME))).isNotNull();
      assertThat(ring.settings.kms.requests(Operation.DECRYPT) - before).isEqualTo(2);
    }
  }
}
