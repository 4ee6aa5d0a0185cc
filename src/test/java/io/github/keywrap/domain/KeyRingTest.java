package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.UnknownKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyRingTest {
  private final FakeKeyWrapper backEnd = new FakeKeyWrapper();
  private final KeyRing ring = new KeyRing("fake", List.of(key("fake", backEnd)));

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
  void needsItsActiveKey() {
    assertThatThrownBy(() -> new KeyRing("other", ring.keys()))
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
        wrapper,
        wrapper,
        new InlineBulkhead(),
        new HealthMonitor(name, wrapper, Duration.ofSeconds(1), Duration.ofSeconds(1)));
  }
}
