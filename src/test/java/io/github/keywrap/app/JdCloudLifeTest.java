package io.github.keywrap.app;

import static io.github.keywrap.app.JdCloudKey.DEK;
import static io.github.keywrap.app.JdCloudKey.unwrap;
import static io.github.keywrap.app.JdCloudKey.wrap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.UnknownKey;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.FakeAccount;
import io.github.keywrap.fakekms.Fault;
import io.github.keywrap.fakekms.Operation;
import io.github.keywrap.vendor.VendorKms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a key in JD Cloud KMS goes through in its life. */
final class JdCloudLifeTest {
  @TempDir private Path folder;
  private JdCloudKey key;

  @BeforeEach
  void start() throws IOException {
    key = new JdCloudKey(folder);
  }

  @AfterEach
  void noNonceWasEverUsedTwice() {
    assertThat(key.kms.nonceConflicts()).isZero();
    key.close();
  }

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
      for (Fault passing :
          List.of(Fault.UNAVAILABLE, Fault.INTERNAL_ERROR, Fault.RATE_LIMITED, Fault.DROPPED)) {
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
      assertThatThrownBy(() -> wrap(wrapper)).hasMessageContaining("clock is 3 hours ahead of");
    }
  }

  /** Files are replaced one after the other, under load; the old credentials then end. */
  @Test
  void newCredentialsAreTakenWithoutALostCall() throws Exception {
    FakeAccount next = key.kms.account("AKEXAMPLE0002", "SKEXAMPLE0002");
    try (KeyWrapper wrapper = key.open();
        ExecutorService callers = Executors.newFixedThreadPool(4)) {
      AtomicBoolean stop = new AtomicBoolean();
      List<Future<Integer>> results = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        results.add(callers.submit(() -> pairsUntil(wrapper, stop)));
      }
      key.secret("ak", next.accessKey());
      // Long enough for the half of the change to be seen and used.
      await().pollDelay(Duration.ofMillis(1_300)).until(() -> true);
      key.secret("sk", next.secretKey());
      await().pollDelay(Duration.ofMillis(1_300)).until(() -> true);
      key.account.disable();
      await().pollDelay(Duration.ofMillis(500)).until(() -> true);
      stop.set(true);
      for (Future<Integer> result : results) {
        assertThat(result.get()).isPositive();
      }
      assertThat(wrapper.condition()).isInstanceOf(KeyCondition.Sound.class);
    }
  }

  private static int pairsUntil(KeyWrapper wrapper, AtomicBoolean stop) {
    int pairs = 0;
    while (!stop.get()) {
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
      pairs++;
    }
    return pairs;
  }

  @Test
  void credentialsThatAreRefusedOrBrokenDoNotTakeThePlaceOfGoodOnes() throws Exception {
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey wrapped = wrap(wrapper);
      key.secret("sk", "not-the-secret-key");
      await().untilAsserted(() -> assertImpaired(wrapper, wrapped, "are refused"));
      key.secret("sk", "two words");
      key.secret("ak", "two words");
      await().untilAsserted(() -> assertImpaired(wrapper, wrapped, "cannot be read"));
      key.writeCredentials(key.account);
      await()
          .untilAsserted(
              () -> {
                assertThat(unwrap(wrapper, wrapped)).isEqualTo(DEK);
                assertThat(wrapper.condition()).isInstanceOf(KeyCondition.Sound.class);
              });
    }
  }

  private static void assertImpaired(KeyWrapper wrapper, WrappedKey wrapped, String reason) {
    assertThat(unwrap(wrapper, wrapped)).isEqualTo(DEK);
    assertThat(wrapper.condition())
        .isInstanceOfSatisfying(
            KeyCondition.Impaired.class,
            impaired -> assertThat(impaired.reason()).contains(reason));
  }

  @Test
  void badCredentialsAreRefusedAndGoodOnesCureThat() throws Exception {
    key.secret("sk", "not-the-secret-key");
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(AccessDenied.class)
          .hasMessageContaining("APIGW_SIGN_RESULT_NOT_SAME")
          .hasMessageContaining("check access-key and secret-key");
      key.writeCredentials(key.account);
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
    }
  }

  @Test
  void theOldPluginsFileIsReadAgainWhenItChanges() throws Exception {
    String json = "{ \"AccessKey\": \"%s\", \"SecretKey\": \"%s\" }";
    key.secret("plugin.json", json.formatted(key.account.accessKey(), "not-the-secret-key"));
    key.unset("keys.k.access-key.file").unset("keys.k.secret-key.file");
    key.set("keys.k.access-key.plugin-file", "plugin.json");
    key.set("keys.k.secret-key.plugin-file", "plugin.json");
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper)).isInstanceOf(AccessDenied.class);
      key.secret("plugin.json", json.formatted(key.account.accessKey(), key.account.secretKey()));
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
    }
  }

  @Test
  void temporaryCredentialsNeedTheirToken() throws Exception {
    FakeAccount temporary = key.kms.temporary();
    key.writeCredentials(temporary);
    key.secret("token", "not-the-token");
    key.set("keys.k.session-token.file", "token").set("keys.k.version-tracking", "off");
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper)).isInstanceOf(AccessDenied.class);
      key.secret("token", Objects.requireNonNull(temporary.sessionToken()));
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
    }
  }

  @Test
  void aRoleIsAssumedWithCredentialsThatMayDoNothingElse() throws IOException {
    key.account.permitOnly(Operation.ASSUME_ROLE);
    key.set("keys.k.assume-role.role", "jrn:iam::123456:role/keywrap")
        .set("keys.k.assume-role.endpoint", key.kms.endpoint().toString());
    try (KeyWrapper wrapper = key.open()) {
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
      assertThat(key.kms.lastTemporary()).isNotNull();
    }
  }

  @Test
  void aRoleThatMayNotBeAssumedIsNamed() throws IOException {
    key.account.permitOnly(Operation.ENCRYPT);
    key.set("keys.k.assume-role.role", "jrn:iam::123456:role/keywrap")
        .set("keys.k.assume-role.endpoint", key.kms.endpoint().toString());
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(AccessDenied.class)
          .hasMessageContaining("the role cannot be assumed (403");
      assertThat(wrapper.currentKeyId()).as("no reason to do without versions").isEmpty();
      await().until(() -> wrapper.condition() instanceof KeyCondition.Impaired);
    }
  }

  @Test
  void aKeyThatIsDisabledOrToBeDeletedIsNamedAndWorksAgainWhenEnabled() throws IOException {
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey wrapped = wrap(wrapper);
      key.key.disable();
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("it is disabled")
          .hasMessageContaining("enable it");
      assertThatThrownBy(() -> unwrap(wrapper, wrapped))
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("it is disabled");
      key.key.scheduleDeletion();
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("planned for deletion");
      key.key.enable();
      assertThat(unwrap(wrapper, wrapped)).isEqualTo(DEK);
      assertThat(unwrap(wrapper, wrap(wrapper))).isEqualTo(DEK);
    }
  }

  @Test
  void aKeyThatIsNotThereIsNamed() throws IOException {
    try (KeyWrapper wrapper = key.set("keys.k.key-id", "another").open()) {
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("no such key");
    }
  }

  @Test
  void aRotationChangesTheKeyIdAndOldCiphertextsOpen() throws IOException {
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey before = wrap(wrapper);
      key.key.rotate();
      WrappedKey after = awaitOtherKeyId(wrapper, before.keyId());
      assertThat(unwrap(wrapper, before)).isEqualTo(DEK);
      assertThat(unwrap(wrapper, after)).isEqualTo(DEK);
      assertThat(unwrap(wrapper, new WrappedKey(before.keyId(), after.ciphertext())))
          .isEqualTo(DEK);
      KeyId never = new KeyId("jdcloud", JdCloudKey.KEY_ID, "0000000000000000", 0);
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(
                          () -> unwrap(wrapper, new WrappedKey(never, after.ciphertext())))
                      .isInstanceOf(UnknownKey.class));
    }
  }

  private static WrappedKey awaitOtherKeyId(KeyWrapper wrapper, KeyId before) {
    await().until(() -> !wrapper.currentKeyId().equals(java.util.Optional.of(before)));
    return wrap(wrapper);
  }

  /** Another node may have seen the rotation first. */
  @Test
  void aVersionThatIsNewToThisNodeIsLookedUp() throws IOException {
    try (KeyWrapper slow = key.set("keys.k.version-interval", "1h").open()) {
      WrappedKey _ = wrap(slow);
      key.key.rotate();
      key.set("state-directory", folder.resolve("state-of-another-node").toString());
      try (KeyWrapper other = key.open()) {
        WrappedKey wrapped = wrap(other);
        assertThat(slow.currentKeyId()).isNotEqualTo(other.currentKeyId());
        assertThat(unwrap(slow, wrapped)).isEqualTo(DEK);
        key.key.rotate();
        KeyId never = new KeyId("jdcloud", JdCloudKey.KEY_ID, "0000000000000000", 0);
        key.kms.fault(Fault.UNAVAILABLE);
        assertThatThrownBy(() -> unwrap(slow, new WrappedKey(never, wrapped.ciphertext())))
            .isInstanceOf(BackendUnavailable.class);
      }
    }
  }

  @Test
  void theKeyIdIsKnownAtTheNextStartWhetherOrNotTheKmsAnswers() throws IOException {
    key.key.rotate();
    KeyId known;
    try (KeyWrapper wrapper = key.open()) {
      known = wrap(wrapper).keyId();
    }
    key.kms.fault(Fault.UNAVAILABLE);
    try (KeyWrapper wrapper = key.open()) {
      assertThat(wrapper.currentKeyId()).contains(known);
    }
  }

  @Test
  void twoNodesAgreeWhateverTheOrderOfTheListAndHoweverManyPages() throws IOException {
    for (int rotation = 1; rotation < 130; rotation++) {
      key.key.rotate();
    }
    KeyId first;
    try (KeyWrapper wrapper = key.open()) {
      first = wrap(wrapper).keyId();
    }
    key.set("state-directory", folder.resolve("state-of-another-node").toString());
    try (KeyWrapper wrapper = key.open()) {
      assertThat(wrap(wrapper).keyId()).isEqualTo(first);
    }
  }

  @Test
  void aNewestVersionThatIsDisabledStopsWritesAndChangesNoKeyId() throws IOException {
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey first = wrap(wrapper);
      key.key.rotate();
      WrappedKey second = awaitOtherKeyId(wrapper, first.keyId());
      key.key.disableNewestVersion();
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> wrap(wrapper))
                      .isInstanceOf(KeyUnavailable.class)
                      .hasMessageContaining("the newest version of the key is disabled"));
      assertThat(wrapper.currentKeyId()).contains(second.keyId());
      assertThat(unwrap(wrapper, first)).isEqualTo(DEK);
      assertThatThrownBy(() -> unwrap(wrapper, second))
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("version of the key");
      key.key.enableNewestVersion();
      await()
          .ignoreExceptionsInstanceOf(KeyUnavailable.class)
          .untilAsserted(() -> assertThat(wrap(wrapper).keyId()).isEqualTo(second.keyId()));
    }
  }

  @Test
  void aNewestVersionThatIsGoneIsToldAndChangesNoKeyId() throws IOException {
    key.key.rotate();
    try (KeyWrapper wrapper = key.open()) {
      KeyId newest = wrap(wrapper).keyId();
      key.key.dropNewestVersion();
      await().until(() -> wrapper.condition() instanceof KeyCondition.Impaired);
      assertThat(wrap(wrapper).keyId()).isEqualTo(newest);
    }
  }

  @Test
  void anAccountThatMayOnlyEncryptAndDecryptIsEnough() throws IOException {
    key.account.permitOnly(Operation.ENCRYPT, Operation.DECRYPT);
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey wrapped = wrap(wrapper);
      assertThat(wrapped.keyId()).isEqualTo(KeyId.of("jdcloud", JdCloudKey.KEY_ID));
      assertThat(unwrap(wrapper, wrapped)).isEqualTo(DEK);
      WrappedKey altered = new WrappedKey(wrapped.keyId(), new byte[] {1, 2, 3});
      assertThatThrownBy(() -> unwrap(wrapper, altered)).isInstanceOf(InvalidCiphertext.class);
      key.key.disable();
      // What was found out about the key is remembered for a second.
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> unwrap(wrapper, wrapped))
                      .isInstanceOf(KeyUnavailable.class));
    }
  }

  @Test
  void permissionToListVersionsMayBeLostAndRegained() throws IOException {
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey versioned = wrap(wrapper);
      key.account.permitOnly(Operation.ENCRYPT, Operation.DECRYPT, Operation.DESCRIBE_KEY);
      WrappedKey alone = awaitOtherKeyId(wrapper, versioned.keyId());
      assertThat(alone.keyId().version()).isEmpty();
      assertThat(unwrap(wrapper, versioned)).isEqualTo(DEK);
      key.account.permitAll();
      assertThat(awaitOtherKeyId(wrapper, alone.keyId()).keyId()).isEqualTo(versioned.keyId());
      assertThat(unwrap(wrapper, alone)).isEqualTo(DEK);
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
