package io.github.keywrap.app;

import static io.github.keywrap.app.JdCloudKey.DEK;
import static io.github.keywrap.app.JdCloudKey.unwrap;
import static io.github.keywrap.app.JdCloudKey.wrap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.UnknownKey;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.Fault;
import io.github.keywrap.fakekms.Operation;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A key in the KMS that changes its state, its versions, or who may see them. */
final class JdCloudVersionsTest extends JdCloudCase {
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
  void thatVersionsMayNotBeListedIsSaidAtEachStart() throws IOException {
    key.account.permitOnly(Operation.ENCRYPT, Operation.DECRYPT);
    for (int start = 1; start <= 2; start++) {
      try (WrittenLogs logs = new WrittenLogs();
          KeyWrapper _ = key.open()) {
        await()
            .until(() -> logs.lines().stream().anyMatch(l -> l.contains("cannot be listed (403")));
      }
    }
  }

  /** The old plugin never asked for them: an answer that makes no sense must not stop it. */
  @ParameterizedTest
  @EnumSource(names = {"NOT_FOUND", "FAILED_PRECONDITION", "MISSING_FIELD", "HTML_WITH_200"})
  void aKeyWorksWhereItsVersionsCannotBeListed(Fault fault) throws IOException {
    key.kms.fault(fault, Operation.DESCRIBE_KEY_DETAIL);
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey alone = wrap(wrapper);
      assertThat(alone.keyId()).isEqualTo(KeyId.of("jdcloud", JdCloudKey.KEY_ID));
      assertThat(unwrap(wrapper, alone)).isEqualTo(DEK);
      key.kms.fault(Fault.NONE);
      WrappedKey versioned = awaitOtherKeyId(wrapper, alone.keyId());
      key.kms.fault(fault, Operation.DESCRIBE_KEY_DETAIL);
      await().until(() -> wrapper.condition() instanceof KeyCondition.Impaired);
      assertThat(wrap(wrapper).keyId()).as("what is known stays").isEqualTo(versioned.keyId());
    }
  }

  @Test
  void aBadCiphertextIsToldFromABadKeyWhereTheKeyCannotBeDescribed() throws IOException {
    key.kms.fault(Fault.HTML_WITH_200, Operation.DESCRIBE_KEY, Operation.DESCRIBE_KEY_DETAIL);
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey altered = new WrappedKey(wrap(wrapper).keyId(), new byte[] {1, 2, 3});
      assertThatThrownBy(() -> unwrap(wrapper, altered)).isInstanceOf(InvalidCiphertext.class);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"QUOTA_EXCEEDED", "INTERNAL_ERROR"})
  void aListThatFailsForNowIsWaitedForButNotForEver(Fault fault) throws IOException {
    key.kms.fault(fault, Operation.DESCRIBE_KEY_DETAIL);
    try (KeyWrapper wrapper = key.open()) {
      assertThatThrownBy(() -> wrap(wrapper)).isInstanceOf(KmsException.class);
      assertThat(wrapper.currentKeyId()).isEmpty();
      await().atMost(Duration.ofSeconds(20)).until(() -> wrapper.currentKeyId().isPresent());
      KeyId alone = wrap(wrapper).keyId();
      assertThat(alone.version()).isEmpty();
      key.kms.fault(Fault.NONE);
      assertThat(awaitOtherKeyId(wrapper, alone).keyId().version()).isNotEmpty();
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
}
