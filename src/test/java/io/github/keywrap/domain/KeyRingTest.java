package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.UnknownKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class KeyRingTest {
  private final FakeKeyWrapper backEnd = new FakeKeyWrapper();
  private final FakeKeyWrapper remote = new FakeKeyWrapper();
  private final KeyRing ring = new KeyRing("fake", List.of(key("fake", backEnd)), Optional.empty());

  @Test
  void routesACiphertextToTheKeyThatItNames() {
    byte[] ciphertext = envelope(FakeKeyWrapper.KEY_ID);
    KeyRing.Route route = ring.route(ciphertext);
    assertThat(route.key().name()).isEqualTo("fake");
    assertThat(route.wrapped().keyId()).isEqualTo(FakeKeyWrapper.KEY_ID);
    assertThat(route.wrapped().ciphertext()).isEqualTo(ciphertext);
  }

  @Test
  void refusesACiphertextOfAKeyThatIsNotConfigured() {
    assertThatThrownBy(() -> ring.route(envelope(KeyId.of("fake", "other"))))
        .isInstanceOf(UnknownKey.class)
        .hasMessageContaining("fake:other");
  }

  @Test
  void doesNotSayThatThereIsNoKeyWhileOneIsNotSeenYet() {
    backEnd.isKnown = false;
    assertThatThrownBy(() -> ring.route(envelope(FakeKeyWrapper.KEY_ID)))
        .isInstanceOf(KmsException.BackendUnavailable.class)
        .hasMessageContaining("fake")
        .hasMessageContaining("not known yet");
  }

  @Test
  void refusesWhatIsNoEnvelope() {
    assertThatThrownBy(() -> ring.route(new byte[] {1, 2, 3}))
        .isInstanceOf(InvalidCiphertext.class)
        .hasMessageContaining("3 bytes");
  }

  @Test
  void refusesAKeyIdThatIsNotTheCiphertextsOwn() {
    byte[] ciphertext = envelope(FakeKeyWrapper.KEY_ID);
    assertThat(ring.route(ciphertext, "fake:0011").key().name()).isEqualTo("fake");
    for (String other : List.of("", "fake:0011;g=1", "fake:0012", "FAKE:0011", "fake:0011 ")) {
      assertThatThrownBy(() -> ring.route(ciphertext, other)).isInstanceOf(InvalidCiphertext.class);
    }
  }

  @Test
  void whatIsNoEnvelopeGoesToTheKeyThatSuchCiphertextsAreOf() {
    try (KeyRing both = ringWithBareKey()) {
      KeyRing.Route route = both.route(new byte[] {1, 2, 3});
      assertThat(route.key().name()).isEqualTo("remote");
      assertThat(route.wrapped().keyId()).isEqualTo(KeyId.of("remote", "abc"));
      assertThat(both.route(envelope(FakeKeyWrapper.KEY_ID)).key().name()).isEqualTo("fake");
    }
  }

  @Test
  void aCallerThatNamesABareKeyGetsItAndNoOtherIsTried() {
    try (KeyRing both = ringWithBareKey()) {
      KeyId version = new KeyId("remote", "abc", "v1", 0);
      remote.keyId = version;
      KeyRing.Route route = both.route(new byte[] {1, 2, 3}, version.toString());
      assertThat(route.key().name()).isEqualTo("remote");
      assertThat(route.wrapped().keyId()).isEqualTo(version);
      for (String other : List.of("", "remote:xyz", "fake:0011")) {
        assertThatThrownBy(() -> both.route(new byte[] {1, 2, 3}, other))
            .as(other)
            .isInstanceOfAny(InvalidCiphertext.class, UnknownKey.class);
      }
    }
  }

  @Test
  void aKeyIdThatNoKeyHasIsAnsweredWithTheKeysThereAre() {
    try (KeyRing both = ringWithBareKey()) {
      assertThatThrownBy(() -> both.route(new byte[] {1, 2, 3}, "remote:xyz"))
          .isInstanceOf(UnknownKey.class)
          .hasMessageContaining("remote:xyz")
          .hasMessageContaining("fake (fake:0011), remote (remote:abc)")
          .hasMessageContaining("beside the active one");
    }
  }

  /** Another plugin had the same name in the EncryptionConfiguration. */
  @Test
  void aKeyIdThatIsNoneOfKeywrapsIsNamedAsThat() {
    for (String other : List.of("arn:aws:kms:eu-1:1:key/2", "", "k\u0007ey", "x".repeat(300))) {
      assertThatThrownBy(() -> ring.route(new byte[] {1, 2, 3}, other))
          .isInstanceOf(InvalidCiphertext.class)
          .hasMessageContaining("its key_id")
          .hasMessageContaining("is none of keywrap's")
          .hasMessageNotContaining("\u0007")
          .extracting(failure -> String.valueOf(failure.getMessage()).length())
          .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.INTEGER)
          .isLessThan(400);
    }
  }

  /** Which version it has now does not matter to what is its own. */
  @Test
  void aBareKeyWhoseVersionIsNotKnownYetIsNoReasonToWait() {
    try (KeyRing both = ringWithBareKey()) {
      remote.isKnown = false;
      assertThatThrownBy(() -> both.route(envelope(KeyId.of("fake", "other"))))
          .isInstanceOf(UnknownKey.class);
    }
  }

  @Test
  void onlyAKeyWithBareCiphertextsMayOpenThem() {
    assertThatThrownBy(() -> new KeyRing("fake", ring.keys(), Optional.of("fake")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private KeyRing ringWithBareKey() {
    remote.keyId = KeyId.of("remote", "abc");
    RingKey bare =
        new RingKey(
            "remote",
            new CiphertextForm.Bare(KeyId.of("remote", "abc")),
            ReadBackKeyWrapper.always(remote, () -> {}),
            new InlineBulkhead(),
            new HealthMonitor("remote", remote, Duration.ofSeconds(1), Duration.ofSeconds(1)));
    return new KeyRing("remote", List.of(key("fake", backEnd), bare), Optional.of("remote"));
  }

  @Test
  void needsItsActiveKey() {
    assertThatThrownBy(() -> new KeyRing("other", ring.keys(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closesItsKeys() {
    ring.close();
    assertThat(backEnd.closed).isTrue();
  }

  private static byte[] envelope(KeyId keyId) {
    return new Envelope(Algorithm.AES_GCM, keyId, new byte[12], new byte[17]).encode();
  }

  static RingKey key(String name, KeyWrapper wrapper) {
    return new RingKey(
        name,
        new CiphertextForm.Enveloped(),
        ReadBackKeyWrapper.always(wrapper, () -> {}),
        new InlineBulkhead(),
        new HealthMonitor(name, wrapper, Duration.ofSeconds(1), Duration.ofSeconds(1)));
  }
}
