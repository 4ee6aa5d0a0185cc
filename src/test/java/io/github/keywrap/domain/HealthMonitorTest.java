package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("ReferenceEquality") // this one, not one like it
final class HealthMonitorTest {
  private final FakeKeyWrapper backEnd = new FakeKeyWrapper();
  private final HealthMonitor monitor =
      new HealthMonitor(
          "hsm",
          ReadBackKeyWrapper.always(backEnd, () -> {}),
          Duration.ofMillis(10),
          Duration.ofSeconds(1));

  @AfterEach
  void close() {
    monitor.close();
  }

  @Test
  void knowsAfterTheFirstProbe() throws InterruptedException {
    assertThat(monitor.health()).isInstanceOf(KeyHealth.Unknown.class);
    monitor.start();
    monitor.awaitFirstProbe(Duration.ofSeconds(10));
    assertThat(monitor.health()).isInstanceOf(KeyHealth.Healthy.class);
  }

  @Test
  void aKeyThatWorksBeforeItsIdIsKnownHasNoIdAndTheReason() {
    backEnd.isKnown = false;
    backEnd.condition = new KeyCondition.Impaired("its versions are not known yet");
    monitor.start();
    await()
        .until(
            () -> monitor.health().equals(new KeyHealth.Unnamed("its versions are not known yet")));
    assertThat(monitor.health().lastKeyId()).isEmpty();
    backEnd.isKnown = true;
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
    assertThat(monitor.health().lastKeyId()).contains(FakeKeyWrapper.KEY_ID);
  }

  /** The back end is asked no more often for a name that it does not give. */
  @Test
  void aKeyThatWaitsForItsIdIsProbedNoMoreOftenThanOthers() {
    AtomicInteger wraps = new AtomicInteger();
    backEnd.wrapping =
        plaintext -> {
          wraps.incrementAndGet();
          return FakeKeyWrapper.reversed(plaintext);
        };
    backEnd.isKnown = false;
    try (HealthMonitor watching =
        new HealthMonitor("hsm", backEnd, Duration.ofMinutes(1), Duration.ofSeconds(1))) {
      watching.start();
      await().until(() -> watching.health() instanceof KeyHealth.Unnamed);
      backEnd.condition = new KeyCondition.Impaired("its versions are not known yet");
      await()
          .until(
              () ->
                  watching
                      .health()
                      .equals(new KeyHealth.Unnamed("its versions are not known yet")));
      assertThat(wraps).hasValue(1);
      watching.probeNow();
      await().until(() -> wraps.get() == 2);
      backEnd.isKnown = true;
      await().until(() -> watching.health() instanceof KeyHealth.Healthy);
      assertThat(wraps).hasValue(3);
    }
  }

  /** The list of versions answers, and Encrypt does not. */
  @Test
  void aKeyIdThatBecomesKnownDuringAnOutageIsTold() {
    backEnd.isKnown = false;
    backEnd.wrapping =
        _ -> {
          throw new BackendUnavailable("gone", null);
        };
    try (HealthMonitor watching = watching(backEnd)) {
      watching.start();
      await().until(() -> watching.health() instanceof KeyHealth.Outage);
      assertThat(watching.health().lastKeyId()).isEmpty();
      backEnd.isKnown = true;
      await().until(() -> watching.health().lastKeyId().isPresent());
      assertThat(watching.health()).isInstanceOf(KeyHealth.Outage.class);
    }
  }

  /** The key id stays, as with a service whose list of versions may not be seen. */
  static Stream<KmsException> refusalsOfAVersion() {
    return Stream.of(
        new InvalidCiphertext("of a version that is gone"),
        KeyUnavailable.ofVersion("of a version that is disabled", null));
  }

  @ParameterizedTest
  @MethodSource("refusalsOfAVersion")
  void aVersionThatAServiceRemovesIsNotTheKey(KmsException refusal) {
    backEnd.isVersioned = true;
    Set<String> versions = ConcurrentHashMap.newKeySet();
    AtomicBoolean isRemoved = new AtomicBoolean();
    AtomicInteger refusals = new AtomicInteger();
    backEnd.wrapping =
        plaintext -> {
          if (!isRemoved.get()) {
            versions.add(HexFormat.of().formatHex(plaintext));
          }
          return FakeKeyWrapper.reversed(plaintext);
        };
    backEnd.unwrapping =
        ciphertext -> {
          byte[] plaintext = FakeKeyWrapper.reversed(ciphertext);
          if (isRemoved.get() && versions.contains(HexFormat.of().formatHex(plaintext))) {
            refusals.incrementAndGet();
            throw refusal;
          }
          return plaintext;
        };
    monitor.start();
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
    isRemoved.set(true);
    await().until(() -> refusals.get() > 0);
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
    await()
        .during(Duration.ofMillis(300))
        .until(() -> monitor.health() instanceof KeyHealth.Healthy);
  }

  @Test
  void noticesAnOutageAndItsEnd() {
    monitor.start();
    backEnd.wrapping =
        _ -> {
          throw new BackendUnavailable("gone", null);
        };
    await().until(() -> monitor.health() instanceof KeyHealth.Outage);
    backEnd.wrapping = FakeKeyWrapper::reversed;
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
  }

  @Test
  void findsOutThatTheBackEndLies() {
    backEnd.wrapping = plaintext -> new byte[plaintext.length];
    monitor.start();
    await().until(() -> monitor.health() instanceof KeyHealth.Lost);
  }

  /** Whatever it does with what it does not open: opens it to something else, or refuses it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void findsOutThatAnotherKeyIsInThePlaceOfThisOne(boolean refuses) {
    try (ReplaceableKey key = new ReplaceableKey(refuses);
        HealthMonitor watching = watching(key)) {
      watching.start();
      await().until(() -> watching.health() instanceof KeyHealth.Healthy);
      key.replace(1, FakeKeyWrapper.KEY_ID);
      await().until(() -> tellsOfAnotherKey(watching.health()));
      assertRoundTrips(key);
      key.replace(0, FakeKeyWrapper.KEY_ID);
      await().until(() -> watching.health() instanceof KeyHealth.Healthy);
    }
  }

  @Test
  void aKeyOfAnotherIdNeedNotOpenWhatTheOneBeforeWrapped() {
    KeyId rotated = KeyId.of("fake", "0022");
    try (ReplaceableKey key = new ReplaceableKey(true);
        HealthMonitor watching = watching(key)) {
      watching.start();
      await().until(() -> watching.health() instanceof KeyHealth.Healthy);
      key.replace(1, rotated);
      await()
          .until(
              () -> watching.health() instanceof KeyHealth.Healthy(KeyId id, _) && id == rotated);
      key.replace(2, rotated);
      await().until(() -> tellsOfAnotherKey(watching.health()));
    }
  }

  private static HealthMonitor watching(KeyWrapper key) {
    return new HealthMonitor(
        "hsm",
        ReadBackKeyWrapper.always(key, () -> {}),
        Duration.ofMillis(10),
        Duration.ofSeconds(1));
  }

  private static boolean tellsOfAnotherKey(KeyHealth health) {
    return health instanceof KeyHealth.Lost(KmsException cause, _)
        && cause.getMessage().contains("another key is in its place");
  }

  private static void assertRoundTrips(KeyWrapper key) {
    Deadline deadline = Deadline.after(Duration.ofSeconds(1));
    try (SecretBytes secret = SecretBytes.owning(new byte[] {1, 2, 3});
        SecretBytes opened = key.unwrap(key.wrap(secret, deadline), deadline)) {
      assertThat(opened.sameAs(secret)).isTrue();
    }
  }

  /** A key that another can take the place of; a ciphertext tells with which it was made. */
  private static final class ReplaceableKey extends ForwardingKeyWrapper {
    private final boolean refuses;
    private volatile Now now = new Now(0, FakeKeyWrapper.KEY_ID);

    private record Now(int key, KeyId id) {}

    ReplaceableKey(boolean refuses) {
      super(new FakeKeyWrapper());
      this.refuses = refuses;
    }

    void replace(int key, KeyId id) {
      now = new Now(key, id);
    }

    @Override
    public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
      Now wrapping = now;
      byte[] ciphertext = super.wrap(plaintext, deadline).ciphertext();
      byte[] marked = Arrays.copyOf(ciphertext, ciphertext.length + 1);
      marked[ciphertext.length] = (byte) wrapping.key();
      return new WrappedKey(wrapping.id(), marked);
    }

    @Override
    public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
      byte[] marked = wrapped.ciphertext();
      int last = marked.length - 1;
      byte[] ciphertext = Arrays.copyOf(marked, last);
      if (marked[last] == now.key()) {
        return super.unwrap(new WrappedKey(wrapped.keyId(), ciphertext), deadline);
      }
      if (refuses) {
        throw KmsException.InvalidCiphertext.notAuthentic();
      }
      return SecretBytes.owning(new byte[last]);
    }
  }

  @Test
  void aKeyThatIsOnlyReadWithIsNotJudgedByWhetherItWraps() {
    try (HealthMonitor reading = readOnly()) {
      reading.start();
      await().until(() -> reading.health() instanceof KeyHealth.Healthy);
      AtomicInteger wraps = new AtomicInteger();
      AtomicInteger unwraps = new AtomicInteger();
      backEnd.wrapping =
          _ -> {
            wraps.incrementAndGet();
            throw new AccessDenied("may not encrypt", null);
          };
      backEnd.unwrapping =
          ciphertext -> {
            unwraps.incrementAndGet();
            return FakeKeyWrapper.reversed(ciphertext);
          };
      await().until(() -> unwraps.get() > 5);
      assertThat(reading.health()).isInstanceOf(KeyHealth.Healthy.class);
      assertThat(wraps).hasValue(0);
      backEnd.unwrapping =
          _ -> {
            throw new BackendUnavailable("gone", null);
          };
      await().until(() -> reading.health() instanceof KeyHealth.Outage);
    }
  }

  @Test
  void aKeyThatMayNotWrapAtAllIsNotLostIfItIsOnlyReadWith() {
    backEnd.wrapping =
        _ -> {
          throw new AccessDenied("may not encrypt", null);
        };
    try (HealthMonitor reading = readOnly()) {
      reading.start();
      await().pollDelay(Duration.ofMillis(300)).until(() -> true);
      assertThat(reading.health()).isInstanceOf(KeyHealth.Unknown.class);
    }
  }

  @Test
  void aKeyThatIsOnlyReadWithIsWellOnceItHasOpenedSomething() {
    KeyWrapper seen = lastOpened.watching(backEnd);
    Deadline deadline = Deadline.after(Duration.ofSeconds(10));
    WrappedKey wrapped;
    try (SecretBytes secret = SecretBytes.owning(new byte[32])) {
      wrapped = seen.wrap(secret, deadline);
    }
    backEnd.wrapping =
        _ -> {
          throw new BackendUnavailable("no wraps", null);
        };
    try (HealthMonitor reading = readOnly()) {
      reading.start();
      await().until(() -> reading.health() instanceof KeyHealth.Outage);
      seen.unwrap(wrapped, deadline).close();
      await().until(() -> reading.health() instanceof KeyHealth.Healthy);
    }
  }

  private final LastOpened lastOpened = new LastOpened();

  private HealthMonitor readOnly() {
    return new HealthMonitor(
        "hsm",
        ReadBackKeyWrapper.always(backEnd, () -> {}),
        KeyRole.READS,
        Duration.ofMillis(10),
        Duration.ofSeconds(1),
        lastOpened);
  }

  @Test
  void aThrottledProbeIsNoOutageAndIsRepeatedNoSooner() throws InterruptedException {
    AtomicInteger probes = new AtomicInteger();
    try (HealthMonitor slow =
        new HealthMonitor(
            "hsm",
            ReadBackKeyWrapper.always(backEnd, () -> {}),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1))) {
      slow.start();
      slow.awaitFirstProbe(Duration.ofSeconds(10));
      backEnd.wrapping =
          _ -> {
            probes.incrementAndGet();
            throw Throttled.passing("too many", Duration.ZERO);
          };
      await().atMost(Duration.ofSeconds(5)).until(() -> probes.get() == 1);
      await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
      assertThat(probes).hasValue(1);
      assertThat(slow.health()).isInstanceOf(KeyHealth.Healthy.class);
    }
  }

  @Test
  void aProbeThatIsThrottledOnceIsABusyMoment() throws InterruptedException {
    AtomicInteger throttled = new AtomicInteger();
    AtomicInteger passed = new AtomicInteger();
    backEnd.wrapping =
        plaintext -> {
          if (throttled.get() < 2) {
            throttled.incrementAndGet();
            throw Throttled.passing("too many", Duration.ZERO);
          }
          throttled.set(0);
          passed.incrementAndGet();
          return FakeKeyWrapper.reversed(plaintext);
        };
    monitor.start();
    await()
        .until(
            () -> {
              assertThat(monitor.condition()).isEqualTo(new KeyCondition.Sound());
              return passed.get() > 5;
            });
  }

  @Test
  void goesOnAfterADefect() {
    backEnd.wrapping =
        _ -> {
          throw new IllegalStateException("a defect");
        };
    monitor.start();
    await().until(() -> monitor.health() instanceof KeyHealth.Outage);
    backEnd.wrapping = FakeKeyWrapper::reversed;
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
  }

  @Test
  void anErrorIsAFailureThatIsToldAndProbingGoesOn() {
    backEnd.wrapping =
        _ -> {
          throw new NoClassDefFoundError("a class that is gone");
        };
    monitor.start();
    await().until(() -> monitor.health() instanceof KeyHealth.Outage);
    assertThat(((KeyHealth.Outage) monitor.health()).cause())
        .hasMessageContaining("NoClassDefFoundError");
    backEnd.wrapping = FakeKeyWrapper::reversed;
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
  }

  /** Whoever is told of uncaught errors ends the process. */
  @Test
  void aFatalErrorIsHandedOn() {
    AtomicReference<Throwable> told = new AtomicReference<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, failure) -> told.set(failure));
    try {
      OutOfMemoryError fatal = new OutOfMemoryError("direct memory");
      backEnd.wrapping =
          _ -> {
            throw fatal;
          };
      monitor.start();
      await().dontCatchUncaughtExceptions().until(() -> told.get() == fatal);
      backEnd.wrapping = FakeKeyWrapper::reversed;
      await()
          .dontCatchUncaughtExceptions()
          .until(() -> monitor.health() instanceof KeyHealth.Healthy);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void answersFromMemoryWhileAProbeHangs() throws InterruptedException {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    backEnd.wrapping =
        plaintext -> {
          hanging.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return FakeKeyWrapper.reversed(plaintext);
        };
    monitor.start();
    hanging.await();
    assertThat(monitor.health()).isInstanceOf(KeyHealth.Unknown.class);
    release.countDown();
    await().until(() -> monitor.health() instanceof KeyHealth.Healthy);
  }
}
