package io.github.keywrap.jdcloud;

import static io.github.keywrap.jdcloud.JdCloudKey.DEK;
import static io.github.keywrap.jdcloud.JdCloudRing.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.Reads;
import io.github.keywrap.domain.WrappedKey;
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
import org.junit.jupiter.params.provider.EnumSource;

/** A KMS whose Encrypt fails while its Decrypt works: what fails for one says nothing of both. */
final class JdCloudOperationsTest {
  private static final Duration TIME = Duration.ofSeconds(3);

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "UNAVAILABLE",
        "DROPPED",
        "UNAUTHORIZED",
        "FORBIDDEN",
        "RATE_LIMITED",
        "HTML_WITH_200"
      })
  void whileOnlyEncryptFailsEveryDecryptReachesTheKmsAndSucceeds(Fault fault) throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "health-interval", "200ms")) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.fault(fault, Operation.ENCRYPT);
      long began = System.nanoTime();
      await()
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                assertThat(failure(ring.wrap(TIME))).isNotNull();
                return System.nanoTime() - began > Duration.ofSeconds(2).toNanos();
              });
      int before = ring.settings.kms.requests(Operation.DECRYPT);
      for (int call = 0; call < 50; call++) {
        assertThat(ring.unwrap(wrapped, TIME).join()).isEqualTo(DEK);
      }
      assertThat(ring.settings.kms.requests(Operation.DECRYPT) - before).isGreaterThanOrEqualTo(50);
      ring.settings.kms.fault(Fault.NONE);
      await().atMost(Duration.ofSeconds(5)).until(() -> failure(ring.wrap(TIME)) == null);
    }
  }

  @Test
  void aHangingEncryptTakesNoThreadFromDecrypt() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "keys.k.pool.threads", "4")) {
      WrappedKey wrapped = ring.wrap(TIME).join();
      ring.settings.kms.fault(Fault.NO_ANSWER, Operation.ENCRYPT);
      List<CompletableFuture<WrappedKey>> hanging = new ArrayList<>();
      for (int call = 0; call < 20; call++) {
        hanging.add(ring.wrap(TIME));
      }
      for (int call = 0; call < 20; call++) {
        assertThat(ring.unwrap(wrapped, Duration.ofMillis(500)).join()).isEqualTo(DEK);
      }
      assertThat(hanging).noneMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void theProbeTellsWhetherReadsGoOn() throws Exception {
    try (JdCloudRing ring = new JdCloudRing(folder, "health-interval", "100ms")) {
      ring.settings.kms.fault(Fault.UNAVAILABLE, Operation.ENCRYPT);
      await().until(() -> isAway(ring) && ring.key.monitor().reads() == Reads.WORK);
      ring.settings.kms.fault(Fault.UNAVAILABLE);
      await().until(() -> ring.key.monitor().reads() == Reads.FAIL);
    }
  }

  @Test
  void whileOnlyDecryptFailsNothingIsSaidOfEncryptButThatItCannotBeReadBack() throws Exception {
    try (JdCloudRing ring =
        new JdCloudRing(folder, "verify-wrap", "off", "health-interval", "200ms")) {
      ring.settings.kms.fault(Fault.UNAVAILABLE, Operation.DECRYPT);
      await().until(() -> isAway(ring));
      for (int call = 0; call < 20; call++) {
        assertThat(failure(ring.wrap(TIME))).isNull();
      }
    }
  }

  private static boolean isAway(JdCloudRing ring) {
    return ring.key.monitor().health() instanceof KeyHealth.Outage(var _, KmsException cause, var _)
        && cause.kind().equals("backend_unavailable");
  }
}
