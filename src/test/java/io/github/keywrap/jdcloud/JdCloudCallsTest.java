package io.github.keywrap.jdcloud;

import static io.github.keywrap.jdcloud.JdCloudKey.DEK;
import static io.github.keywrap.jdcloud.JdCloudKey.unwrap;
import static io.github.keywrap.jdcloud.JdCloudKey.wrap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.Fault;
import io.github.keywrap.fakekms.Operation;
import io.github.keywrap.vendor.VendorKms;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What becomes of single calls: deadlines, retries, connections. */
final class JdCloudCallsTest extends JdCloudCase {
  @Test
  void opensWhatTheVendorsClientEncryptedAndTheOtherWayRound() throws IOException {
    VendorKms vendor =
        new VendorKms(
            key.kms.endpoint(),
            key.account.accessKey(),
            key.account.secretKey(),
            JdCloudKey.KEY_ID);
    try (KeyWrapper wrapper = key.open()) {
      KeyId bare = KeyId.of("jdcloud", JdCloudKey.KEY_ID);
      assertThat(unwrap(wrapper, new WrappedKey(bare, vendor.encrypt(DEK)))).isEqualTo(DEK);
      assertThat(vendor.decrypt(wrap(wrapper).ciphertext())).isEqualTo(DEK);
    }
  }

  @Test
  void keepsADeadlineThatTheKmsDoesNot() throws IOException {
    try (KeyWrapper wrapper = key.set("keys.k.request-timeout", "10s").open()) {
      WrappedKey wrapped = wrap(wrapper);
      key.kms.delay(Duration.ofSeconds(5));
      long began = System.nanoTime();
      BackendUnavailable failure =
          catchThrowableOfType(
              BackendUnavailable.class, () -> wrap(wrapper, Duration.ofMillis(300)));
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
      assertThat(failure.isDeadlineExceeded()).isTrue();
      assertThat(wrapped.ciphertext()).isNotEmpty();
    }
  }

  @Test
  void whatPassesIsTriedAgainAndWhatStaysIsNot() throws IOException {
    try (KeyWrapper wrapper = key.set("keys.k.version-tracking", "off").open()) {
      for (Fault passing : List.of(Fault.UNAVAILABLE, Fault.INTERNAL_ERROR, Fault.DROPPED)) {
        key.kms.faultTimes(2, passing);
        int before = key.kms.requests();
        assertThat(wrap(wrapper).ciphertext()).isNotEmpty();
        assertThat(key.kms.requests() - before).as(passing.name()).isEqualTo(3);
      }
      for (Fault lasting : List.of(Fault.FORBIDDEN, Fault.NOT_FOUND, Fault.QUOTA_EXCEEDED)) {
        key.kms.faultTimes(1, lasting);
        int before = key.kms.requests();
        assertThatThrownBy(() -> wrap(wrapper)).isInstanceOf(KmsException.class);
        assertThat(key.kms.requests() - before).as(lasting.name()).isEqualTo(1);
      }
    }
  }

  /** A GET is what the HTTP client itself would send again. */
  @Test
  void aDroppedLookIsNotSentAgainByTheHttpClientItself() throws IOException {
    try (KeyWrapper wrapper = key.set("keys.k.version-interval", "1h").open()) {
      await().until(() -> wrapper.currentKeyId().isPresent());
      key.kms.fault(Fault.FAILED_PRECONDITION, Operation.ENCRYPT);
      assertThatThrownBy(() -> wrap(wrapper)).isInstanceOf(KeyUnavailable.class);
      key.kms.fault(Fault.DROPPED, Operation.DESCRIBE_KEY);
      WrappedKey altered =
          new WrappedKey(KeyId.of("jdcloud", JdCloudKey.KEY_ID), new byte[] {1, 2, 3});
      int before = key.kms.requests();
      assertThatThrownBy(() -> unwrap(wrapper, altered)).isInstanceOf(BackendUnavailable.class);
      assertThat(key.kms.requests() - before).as("one Decrypt, three DescribeKey").isEqualTo(4);
    }
  }

  @Test
  void connectionsThatEndedMeanwhileCostNoCall() throws IOException {
    try (KeyWrapper wrapper = key.open()) {
      for (int i = 0; i < 20; i++) {
        WrappedKey wrapped = wrap(wrapper);
        key.kms.dropConnections();
        assertThat(unwrap(wrapper, wrapped)).isEqualTo(DEK);
      }
    }
  }

  @Test
  void aWrongClockIsNamedAndByHowMuch() throws IOException {
    key.kms.clockOffset(Duration.ofMinutes(20));
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(AccessDenied.class)
          .hasMessageContaining("clock is 20 minutes behind");
      key.kms.clockOffset(Duration.ofHours(-3));
      await("until the first refusal is forgotten")
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> wrap(wrapper))
                      .hasMessageContaining("clock is 3 hours ahead of"));
    }
  }

  @Test
  void manyCallersShareTheirConnections() throws Exception {
    int callers = 64;
    try (KeyWrapper wrapper = key.set("keys.k.request-timeout", "5s").open();
        ExecutorService pool = Executors.newFixedThreadPool(callers)) {
      int before = key.kms.requests();
      pairs(wrapper, pool, callers, 40);
      assertThat(key.kms.requests() - before).isGreaterThanOrEqualTo(callers * 40 * 2);
      assertThat(key.kms.connections()).isLessThanOrEqualTo(callers + 1);
    }
  }

  private static void pairs(KeyWrapper wrapper, ExecutorService pool, int callers, int each)
      throws Exception {
    List<Future<?>> results = new ArrayList<>();
    for (int caller = 0; caller < callers; caller++) {
      results.add(
          pool.submit(
              () -> {
                for (int i = 0; i < each; i++) {
                  assertThat(unwrap(wrapper, wrap(wrapper, Duration.ofSeconds(20)))).isEqualTo(DEK);
                }
              }));
    }
    for (Future<?> result : results) {
      result.get();
    }
  }

  @Test
  void anEmptyCiphertextIsWhatTheOldPluginLost() throws IOException {
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey empty = new WrappedKey(KeyId.of("jdcloud", JdCloudKey.KEY_ID), new byte[0]);
      assertThatThrownBy(() -> unwrap(wrapper, empty))
          .isInstanceOf(InvalidCiphertext.class)
          .hasMessageContaining("migrate-from-jdcloud-sec");
    }
  }
}
