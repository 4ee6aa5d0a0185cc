package io.github.keywrap.domain;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose a secret is, and when it is wiped, where the back end is slower than the call. */
final class RingKeyTest {
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final byte[] DEK = "0123456789abcdef0123456789abcdef".getBytes(US_ASCII);

  private final FakeKeyWrapper backEnd = new FakeKeyWrapper();
  private final CountDownLatch release = new CountDownLatch(1);
  private final RingKey key =
      new RingKey(
          "hsm",
          new CiphertextForm.Enveloped(),
          ReadBackKeyWrapper.always(backEnd, () -> {}),
          new PooledBulkhead("hsm", 1, 2),
          new HealthMonitor("hsm", backEnd, Duration.ofMinutes(1), Duration.ofSeconds(1)));
  private final KeyRing ring = new KeyRing("hsm", List.of(key), Optional.empty());

  @AfterEach
  void end() {
    release.countDown();
    ring.close();
  }

  @Test
  void aPlaintextIsWipedWhenItsCallEnds() {
    SecretBytes plaintext = SecretBytes.owning(DEK.clone());
    WrappedKey wrapped = key.wrap(plaintext, Deadline.after(Duration.ofSeconds(10))).join();
    assertWiped(plaintext);
    try (SecretBytes opened = key.unwrap(wrapped, Deadline.after(Duration.ofSeconds(10))).join()) {
      assertThat(opened.expose()).isEqualTo(DEK);
    }
  }

  /** It must not wrap what has been wiped in its hands. */
  @Test
  void aBackEndThatIsLateStillSeesWhatItWasGiven() {
    AtomicReference<byte[]> seen = new AtomicReference<>();
    backEnd.wrapping =
        given -> {
          awaitRelease();
          seen.set(given.clone());
          return FakeKeyWrapper.reversed(given);
        };
    SecretBytes plaintext = SecretBytes.owning(DEK.clone());
    CompletableFuture<WrappedKey> call = key.wrap(plaintext, Deadline.after(SHORT));
    assertThatThrownBy(call::join).isInstanceOf(CompletionException.class);
    assertWiped(plaintext);
    release.countDown();
    await().until(() -> seen.get() != null);
    assertThat(seen.get()).isEqualTo(DEK);
  }

  @Test
  void aPlaintextThatComesTooLateIsWiped() {
    byte[] late = DEK.clone();
    WrappedKey wrapped =
        key.wrap(SecretBytes.owning(DEK.clone()), Deadline.after(Duration.ofSeconds(10))).join();
    backEnd.unwrapping =
        _ -> {
          awaitRelease();
          return late;
        };
    CompletableFuture<SecretBytes> call = key.unwrap(wrapped, Deadline.after(SHORT));
    assertThatThrownBy(call::join).isInstanceOf(CompletionException.class);
    assertThat(late).isEqualTo(DEK);
    release.countDown();
    await().untilAsserted(() -> assertThat(late).isEqualTo(new byte[DEK.length]));
  }

  @Test
  void aPlaintextThatIsRefusedAtTheDoorIsWiped() {
    ring.close();
    SecretBytes plaintext = SecretBytes.owning(DEK.clone());
    assertThatThrownBy(key.wrap(plaintext, Deadline.after(SHORT))::join)
        .isInstanceOf(CompletionException.class);
    assertWiped(plaintext);
  }

  private void awaitRelease() {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void assertWiped(SecretBytes secret) {
    await()
        .untilAsserted(
            () -> assertThatThrownBy(secret::expose).isInstanceOf(IllegalStateException.class));
  }
}
