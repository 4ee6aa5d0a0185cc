package io.github.keywrap.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a link says that only a restart helps. */
final class DeviceLinkTest {
  private final AtomicLong later = new AtomicLong();
  private final StubDriver driver = new StubDriver();

  @Test
  void aDriverThatCannotInitializeAgainNeedsARestartAfterFiveMinutes() {
    try (DeviceLink<Connection> link = link()) {
      link.start();
      requireLost(link);
      later.set(Duration.ofMinutes(4).toNanos());
      assertThat(link.condition()).isInstanceOf(KeyCondition.Sound.class);
      later.set(Duration.ofMinutes(6).toNanos());
      assertThat(link.condition()).isInstanceOf(KeyCondition.NeedsRestart.class);
      driver.isAway = false;
      await().until(() -> link.condition() instanceof KeyCondition.Sound);
    }
  }

  /** A refused PIN, or a key that is not there: a restart would find the same. */
  @Test
  void whatAPersonMustMendNeedsNoRestart() {
    driver.refusal = new AccessDenied("the PIN is refused", null);
    try (DeviceLink<Connection> link = link()) {
      link.start();
      assertThatThrownBy(() -> link.call(Deadline.after(Duration.ofSeconds(5)), usable -> usable))
          .isInstanceOf(AccessDenied.class);
      later.set(Duration.ofHours(6).toNanos());
      assertThat(link.condition()).isInstanceOf(KeyCondition.Sound.class);
    }
  }

  /** It would be a login for each call, and the answer the same. */
  @Test
  void aMechanismThatTheTokenLacksIsNoLossOfTheConnection() {
    driver.isAway = false;
    AtomicInteger calls = new AtomicInteger();
    try (DeviceLink<Connection> link = link()) {
      link.start();
      assertThatThrownBy(
              () ->
                  link.call(
                      Deadline.after(Duration.ofSeconds(5)),
                      _ -> {
                        calls.incrementAndGet();
                        throw StubFailure.permanent();
                      }))
          .isInstanceOf(KeyUnavailable.class);
      assertThat(calls).hasValue(1);
      assertThat(link.<Boolean>call(Deadline.after(Duration.ofSeconds(5)), _ -> true)).isTrue();
      assertThat(driver.attempts).isEqualTo(1);
    }
  }

  @Test
  void anErrorOfTheDriverDoesNotEndTheTrials() {
    driver.error = new NoClassDefFoundError("a class that is gone");
    try (DeviceLink<Connection> link = link()) {
      link.start();
      assertThatThrownBy(() -> link.call(Deadline.after(Duration.ofSeconds(5)), usable -> usable))
          .hasMessageContaining("NoClassDefFoundError");
      driver.error = null;
      driver.isAway = false;
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .until(() -> link.call(Deadline.after(Duration.ofSeconds(1)), _ -> true));
    }
  }

  @Test
  void aDriverThatCanIsLeftToItself() {
    driver.canReinitialize = true;
    try (DeviceLink<Connection> link = link()) {
      link.start();
      requireLost(link);
      later.set(Duration.ofHours(6).toNanos());
      assertThat(link.condition()).isInstanceOf(KeyCondition.Sound.class);
      assertThat(driver.reinitialized).isTrue();
    }
  }

  /** Else a token that is away would have the others' connections cut every two seconds. */
  @Test
  void theLibraryIsNotInitializedAgainUnderAKeyThatWorks() {
    driver.canReinitialize = true;
    AtomicLong asked = new AtomicLong();
    driver.working.add(asked::incrementAndGet);
    try (DeviceLink<Connection> link = link()) {
      link.start();
      assertThatThrownBy(() -> link.call(Deadline.after(Duration.ofSeconds(5)), usable -> usable))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("because another key works with it");
      await().until(() -> asked.get() > 3);
      assertThat(driver.reinitialized).isFalse();
    }
  }

  /** Two tokens of one label, a mechanism that there is not: the library has no part in it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theLibraryIsNotInitializedAgainForWhatWillNotChange(boolean byCode) {
    driver.canReinitialize = true;
    driver.refusal =
        byCode ? StubFailure.permanent() : new KeyUnavailable("2 tokens are called \"kms\"", null);
    try (DeviceLink<Connection> link = link()) {
      link.start();
      assertThatThrownBy(() -> link.call(Deadline.after(Duration.ofSeconds(5)), usable -> usable))
          .isInstanceOf(KeyUnavailable.class);
      await().until(() -> driver.attempts >= 3);
      assertThat(driver.reinitialized).isFalse();
    }
  }

  /** What it wrapped would not open with the key that was there before, nor after a restart. */
  @Test
  void anotherKeyInThePlaceOfTheFirstIsNotUsed() {
    driver.isAway = false;
    try (DeviceLink<Connection> link = link()) {
      link.start();
      ProvenConnection<Connection> _ =
          link.call(Deadline.after(Duration.ofSeconds(5)), usable -> usable);
      driver.mask = 1;
      assertThatThrownBy(
              () -> link.call(Deadline.after(Duration.ofSeconds(5)), DeviceLinkTest::failInFirst))
          .isInstanceOf(KeyUnavailable.class)
          .hasMessageContaining("is not the one that was there before");
      driver.mask = 0;
      await()
          .ignoreExceptionsInstanceOf(KeyUnavailable.class)
          .until(() -> link.call(Deadline.after(Duration.ofSeconds(5)), _ -> true));
    }
  }

  private static boolean failInFirst(ProvenConnection<Connection> usable) {
    if (usable.connection() instanceof StubDriver.StubConnection(byte mask) && mask == 0) {
      throw StubFailure.passing();
    }
    return true;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void closingClosesTheDriver(boolean isAway) {
    driver.isAway = isAway;
    DeviceLink<Connection> link = link();
    link.start();
    link.close();
    link.close();
    await().until(() -> driver.closed == 1);
  }

  private DeviceLink<Connection> link() {
    return new DeviceLink<>("k", driver, () -> System.nanoTime() + later.get());
  }

  private static void requireLost(DeviceLink<Connection> link) {
    assertThatThrownBy(() -> link.call(Deadline.after(Duration.ofSeconds(5)), usable -> usable))
        .isInstanceOf(BackendUnavailable.class);
  }
}
