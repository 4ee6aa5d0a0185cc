package io.github.keywrap.jdcloud;

import static io.github.keywrap.jdcloud.JdCloudKey.DEK;
import static io.github.keywrap.jdcloud.JdCloudKey.unwrap;
import static io.github.keywrap.jdcloud.JdCloudKey.wrap;
import static io.github.keywrap.jdcloud.JdCloudKey.wrapNamed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.contract.WrittenLogs;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.ReadBackMismatch;
import io.github.keywrap.domain.ReadBackKeyWrapper;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.fakekms.Fault;
import io.github.keywrap.fakekms.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
      WrappedKey before = wrapNamed(wrapper);
      key.key.rotate();
      WrappedKey after = awaitOtherKeyId(wrapper, before.keyId());
      assertThat(unwrap(wrapper, before)).isEqualTo(DEK);
      assertThat(unwrap(wrapper, after)).isEqualTo(DEK);
      assertThat(unwrap(wrapper, new WrappedKey(before.keyId(), after.ciphertext())))
          .isEqualTo(DEK);
    }
  }

  private static WrappedKey awaitOtherKeyId(KeyWrapper wrapper, KeyId before) {
    await().until(() -> !wrapper.currentKeyId().equals(Optional.of(before)));
    return wrap(wrapper);
  }

  /** Another node has seen the rotation first, or the list was wrong, or this node is new. */
  @Test
  void aVersionThatThisNodeHasNeverSeenIsNoReasonToRefuse() throws IOException {
    try (KeyWrapper slow = key.set("keys.k.version-interval", "1h").open()) {
      WrappedKey _ = wrapNamed(slow);
      key.key.rotate();
      key.set("state-directory", folder.resolve("state-of-another-node").toString());
      try (KeyWrapper other = key.open()) {
        WrappedKey wrapped = wrapNamed(other);
        assertThat(slow.currentKeyId()).isNotEqualTo(other.currentKeyId());
        int before = key.kms.requests();
        assertThat(unwrap(slow, wrapped)).isEqualTo(DEK);
        assertThat(key.kms.requests() - before).as("nothing but Decrypt").isEqualTo(1);
        KeyId never = new KeyId("jdcloud", JdCloudKey.KEY_ID, "0000000000000000", 3);
        assertThat(unwrap(slow, new WrappedKey(never, wrapped.ciphertext()))).isEqualTo(DEK);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {"NO_ANSWER", "QUOTA_EXCEEDED", "INTERNAL_ERROR", "HTML_WITH_200", "FORBIDDEN"})
  void aNewNodeWrapsForV1AndReadsAtOnceWhateverBecomesOfTheList(Fault fault) throws IOException {
    WrappedKey old;
    try (KeyWrapper another = key.open()) {
      old = wrapNamed(another);
    }
    key.set("state-directory", folder.resolve("state-of-a-new-node").toString());
    key.kms.fault(fault, Operation.DESCRIBE_KEY_DETAIL);
    try (KeyWrapper wrapper = key.open()) {
      assertThat(unwrap(wrapper, old)).isEqualTo(DEK);
      WrappedKey wrapped = wrap(wrapper, Duration.ofMillis(500));
      assertThat(wrapped.keyId()).isEqualTo(KeyId.of("jdcloud", JdCloudKey.KEY_ID));
      assertThat(unwrap(wrapper, wrapped)).isEqualTo(DEK);
    }
  }

  @Test
  void theKeyIdIsKnownAtTheNextStartWhetherOrNotTheKmsAnswers() throws IOException {
    key.key.rotate();
    KeyId known;
    try (KeyWrapper wrapper = key.open()) {
      known = wrapNamed(wrapper).keyId();
      await().until(() -> Files.exists(stateFile()));
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
      first = wrapNamed(wrapper).keyId();
    }
    key.set("state-directory", folder.resolve("state-of-another-node").toString());
    try (KeyWrapper wrapper = key.open()) {
      assertThat(wrapNamed(wrapper).keyId()).isEqualTo(first);
    }
  }

  @Test
  void aNewestVersionThatIsDisabledIsToldAndTheKmsDecides() throws IOException {
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey first = wrapNamed(wrapper);
      key.key.rotate();
      WrappedKey second = awaitOtherKeyId(wrapper, first.keyId());
      key.key.disableNewestVersion();
      await()
          .untilAsserted(
              () -> assertImpaired(wrapper, "the newest version of the key is disabled"));
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("the newest version of the key is disabled");
      assertThat(wrapper.currentKeyId()).contains(second.keyId());
      assertThat(unwrap(wrapper, first)).isEqualTo(DEK);
      assertThatThrownBy(() -> unwrap(wrapper, second))
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("version of the key");
      key.key.encryptUnderAnyVersion();
      WrappedKey allowed = wrap(wrapper);
      assertThat(allowed.keyId()).isEqualTo(second.keyId());
      assertThat(unwrap(wrapper, allowed)).isEqualTo(DEK);
      key.key.enableNewestVersion();
      await().until(() -> wrapper.condition() instanceof KeyCondition.Sound);
      assertThat(wrap(wrapper).keyId()).isEqualTo(second.keyId());
    }
  }

  /** The list is looked at once in a while: what is disabled meanwhile must not look altered. */
  @Test
  void aVersionThatWasJustDisabledIsNamedAsTheReason() throws IOException {
    try (KeyWrapper wrapper = key.set("keys.k.version-interval", "1h").open()) {
      WrappedKey first = wrapNamed(wrapper);
      key.key.rotate();
      key.key.disableFirstVersion();
      int before = key.kms.requests();
      for (int read = 0; read < 20; read++) {
        assertThatThrownBy(() -> unwrap(wrapper, first))
            .isInstanceOf(KeyUnavailable.class)
            .hasMessageContaining("made under a version of the key that is disabled")
            .hasMessageContaining("version " + key.key.firstVersion() + " (disabled, made 20");
      }
      int asked = key.kms.requests() - before - 20;
      assertThat(asked).as("for the state of key and versions, beside Decrypt").isBetween(2, 10);
    }
  }

  /** An older version that may not be used explains no answer that is about the newest. */
  @Test
  void aServiceThatLiesIsNotExcusedByAVersionThatIsDisabled() throws IOException {
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey _ = wrapNamed(wrapper);
      key.key.rotate();
      key.key.disableFirstVersion();
      key.kms.fault(Fault.WRONG_BLOB, Operation.ENCRYPT);
      List<String> found = new ArrayList<>();
      KeyWrapper verified = ReadBackKeyWrapper.always(wrapper, () -> found.add("mismatch"));
      assertThatThrownBy(() -> wrap(verified)).isInstanceOf(ReadBackMismatch.class);
      assertThat(found).hasSize(1);
    }
  }

  @Test
  void aNewestVersionThatWasJustDisabledIsNamedAsTheReason() throws IOException {
    try (KeyWrapper wrapper = key.set("keys.k.version-interval", "1h").open()) {
      WrappedKey _ = wrapNamed(wrapper);
      key.key.disableNewestVersion();
      assertThatThrownBy(() -> wrap(wrapper))
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("the newest version of the key is disabled");
    }
  }

  @Test
  void whereVersionsCannotBeListedBothReasonsAreNamed() throws IOException {
    key.account.permitOnly(Operation.ENCRYPT, Operation.DECRYPT, Operation.DESCRIBE_KEY);
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey wrapped = wrapNamed(wrapper);
      key.key.rotate();
      key.key.disableFirstVersion();
      assertThatThrownBy(() -> unwrap(wrapper, wrapped))
          .isInstanceOf(InvalidCiphertext.class)
          .hasMessageContaining("altered, truncated")
          .hasMessageContaining("or made under a version of the key that is disabled");
    }
  }

  @Test
  void aListThatHangsHoldsARefusalUpForASecondAtMost() throws IOException {
    try (KeyWrapper wrapper = key.set("keys.k.version-interval", "1h").open()) {
      WrappedKey wrapped = wrapNamed(wrapper);
      key.kms.fault(Fault.NO_ANSWER, Operation.DESCRIBE_KEY_DETAIL);
      WrappedKey altered = new WrappedKey(wrapped.keyId(), new byte[] {1, 2, 3});
      long began = System.nanoTime();
      assertThatThrownBy(() -> unwrap(wrapper, altered))
          .isInstanceOf(InvalidCiphertext.class)
          .hasMessageContaining("or made under a version of the key that is disabled");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void versionsThatAreDisabledAreNamedWhileTheKeyWorks() throws IOException {
    for (int rotation = 0; rotation < 8; rotation++) {
      key.key.rotate();
    }
    key.key.disableFirstVersion();
    try (KeyWrapper wrapper = key.open()) {
      assertThat(unwrap(wrapper, wrapNamed(wrapper))).isEqualTo(DEK);
      assertThat(wrapper.condition().addition())
          .contains("version " + key.key.firstVersion() + " (disabled, made 20");
    }
  }

  @Test
  void runningRestartedAndNewNodesAgreeWhenTheNewestVersionIsGone() throws IOException {
    KeyId older;
    try (KeyWrapper before = key.open()) {
      older = wrapNamed(before).keyId();
    }
    key.key.rotate();
    try (KeyWrapper running = key.open()) {
      WrappedKey newest = awaitOtherKeyId(running, older);
      key.key.hideNewestVersion();
      await().untilAsserted(() -> assertImpaired(running, "is no longer listed"));
      assertThat(running.currentKeyId()).contains(older);
      assertThat(unwrap(running, newest)).as("the KMS opens it").isEqualTo(DEK);
      try (KeyWrapper restarted = key.open()) {
        assertThat(restarted.currentKeyId()).isPresent();
        await().until(() -> restarted.currentKeyId().equals(Optional.of(older)));
        assertThat(unwrap(restarted, newest)).isEqualTo(DEK);
      }
      key.set("state-directory", folder.resolve("state-of-a-new-node").toString());
      try (KeyWrapper fresh = key.open()) {
        assertThat(wrapNamed(fresh).keyId()).isEqualTo(older);
        assertThat(unwrap(fresh, newest)).isEqualTo(DEK);
      }
      key.key.showAllVersions();
      assertThat(awaitOtherKeyId(running, older).keyId()).isEqualTo(newest.keyId());
      await().until(() -> running.condition() instanceof KeyCondition.Sound);
    }
  }

  @Test
  void oneWrongListAtTheFirstLookMakesNoKeyId() throws IOException {
    KeyId right;
    try (KeyWrapper wrapper = key.open()) {
      right = wrapNamed(wrapper).keyId();
    }
    key.set("state-directory", folder.resolve("state-of-a-new-node").toString());
    key.key.listFalsely(1);
    try (KeyWrapper wrapper = key.open()) {
      assertThat(wrapNamed(wrapper).keyId()).isEqualTo(right);
    }
  }

  /** A list that cannot be believed is no reason to say that all is well. */
  @Test
  void aListThatDiffersFromLookToLookStaysTold() throws IOException {
    key.key.listFalsely(Integer.MAX_VALUE);
    try (KeyWrapper wrapper = key.open()) {
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> assertImpaired(wrapper, "differs from look to look"));
      for (int look = 1; look <= 5; look++) {
        int before = key.kms.requests(Operation.DESCRIBE_KEY_DETAIL);
        await().until(() -> key.kms.requests(Operation.DESCRIBE_KEY_DETAIL) > before);
        assertImpaired(wrapper, "differs from look to look");
      }
      key.key.showAllVersions();
      await().until(() -> wrapper.condition() instanceof KeyCondition.Sound);
      assertThat(wrapNamed(wrapper).keyId()).isNotEqualTo(KeyId.of("jdcloud", JdCloudKey.KEY_ID));
    }
  }

  /** This node's clock has no part in it. */
  @Test
  void aVersionOfTheFutureIsNotAdoptedByTheClockOfTheKms() throws IOException {
    try (KeyWrapper wrapper = key.open()) {
      KeyId now = wrapNamed(wrapper).keyId();
      key.key.rotateAt(Instant.now().plus(Duration.ofMinutes(10)));
      key.key.rotateAt(Instant.parse("2999-01-01T00:00:00Z"));
      int before = key.kms.requests();
      await().until(() -> key.kms.requests() > before + 5);
      assertThat(wrapper.currentKeyId()).contains(now);
      key.kms.clockOffset(Duration.ofMinutes(10));
      KeyId next = awaitOtherKeyId(wrapper, now).keyId();
      key.set("state-directory", folder.resolve("state-of-a-new-node").toString());
      try (KeyWrapper fresh = key.open()) {
        assertThat(wrapNamed(fresh).keyId()).isEqualTo(next);
      }
    }
  }

  @Test
  void aListOfTheFutureAloneIsNoneAndIsToldAsThat() throws IOException {
    key.key.rotateAt(Instant.parse("2199-01-01T00:00:00Z"));
    key.key.dropOldestVersion();
    try (KeyWrapper wrapper = key.open()) {
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> assertImpaired(wrapper, "every version is of the future"));
      assertThat(wrapNamed(wrapper).keyId()).isEqualTo(KeyId.of("jdcloud", JdCloudKey.KEY_ID));
    }
  }

  @Test
  void anAccountThatMayOnlyEncryptAndDecryptIsEnough() throws IOException {
    key.account.permitOnly(Operation.ENCRYPT, Operation.DECRYPT);
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey wrapped = wrapNamed(wrapper);
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
  @EnumSource(
      names = {
        "UNAUTHORIZED",
        "NOT_FOUND",
        "FAILED_PRECONDITION",
        "MISSING_FIELD",
        "HTML_WITH_200"
      })
  void aKeyWorksWhereItsVersionsCannotBeListed(Fault fault) throws IOException {
    key.kms.fault(fault, Operation.DESCRIBE_KEY_DETAIL);
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey alone = wrapNamed(wrapper);
      assertThat(alone.keyId()).isEqualTo(KeyId.of("jdcloud", JdCloudKey.KEY_ID));
      assertImpaired(wrapper, "its versions cannot be listed");
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
      await().untilAsserted(() -> assertImpaired(wrapper, "its versions are not known yet"));
      assertThat(wrapper.currentKeyId()).isEmpty();
      await().atMost(Duration.ofSeconds(20)).until(() -> wrapper.currentKeyId().isPresent());
      KeyId alone = wrap(wrapper).keyId();
      assertThat(alone.version()).isEmpty();
      key.kms.fault(Fault.NONE);
      assertThat(awaitOtherKeyId(wrapper, alone).keyId().version()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INTERNAL_ERROR", "NO_ANSWER"})
  void aListThatFailsForLongIsToldAndChangesNoKeyId(Fault fault) throws IOException {
    try (KeyWrapper wrapper = key.open()) {
      KeyId known = wrapNamed(wrapper).keyId();
      key.kms.fault(fault, Operation.DESCRIBE_KEY_DETAIL);
      // Ten looks, of which each waits for an answer as long as it has time.
      await()
          .atMost(Duration.ofSeconds(90))
          .untilAsserted(() -> assertImpaired(wrapper, "its versions cannot be listed"));
      assertThat(wrap(wrapper).keyId()).isEqualTo(known);
      key.kms.fault(Fault.NONE);
      await().until(() -> wrapper.condition() instanceof KeyCondition.Sound);
    }
  }

  @Test
  void permissionToListVersionsMayBeLostAndRegained() throws IOException {
    try (KeyWrapper wrapper = key.open()) {
      WrappedKey versioned = wrapNamed(wrapper);
      key.account.permitOnly(Operation.ENCRYPT, Operation.DECRYPT, Operation.DESCRIBE_KEY);
      WrappedKey alone = awaitOtherKeyId(wrapper, versioned.keyId());
      assertThat(alone.keyId().version()).isEmpty();
      assertThat(unwrap(wrapper, versioned)).isEqualTo(DEK);
      key.account.permitAll();
      assertThat(awaitOtherKeyId(wrapper, alone.keyId()).keyId()).isEqualTo(versioned.keyId());
      assertThat(unwrap(wrapper, alone)).isEqualTo(DEK);
    }
  }

  private static void assertImpaired(KeyWrapper wrapper, String reason) {
    assertThat(wrapper.condition())
        .isInstanceOfSatisfying(
            KeyCondition.Impaired.class, told -> assertThat(told.reason()).contains(reason));
  }

  private Path stateFile() {
    return folder.resolve("state/jdcloud-versions-" + JdCloudKey.KEY_ID + ".json");
  }
}
