package io.github.keywrap.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a link says that only a restart helps. */
final class TokenLinkTest {
  private final AtomicLong later = new AtomicLong();
  private final StubDriver driver = new StubDriver();

  @Test
  void aDriverThatCannotInitializeAgainNeedsARestartAfterFiveMinutes() {
    try (TokenLink<Connection> link = link()) {
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
    try (TokenLink<Connection> link = link()) {
      link.start();
      assertThatThrownBy(() -> link.call(Deadline.after(Duration.ofSeconds(5)), usable -> usable))
          .isInstanceOf(AccessDenied.class);
      later.set(Duration.ofHours(6).toNanos());
      assertThat(link.condition()).isInstanceOf(KeyCondition.Sound.class);
    }
  }

  @Test
  void aDriverThatCanIsLeftToItself() {
    driver.canReinitialize = true;
    try (TokenLink<Connection> link = link()) {
      link.start();
      requireLost(link);
      later.set(Duration.ofHours(6).toNanos());
      assertThat(link.condition()).isInstanceOf(KeyCondition.Sound.class);
      assertThat(driver.reinitialized).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void closingClosesTheDriver(boolean isAway) {
    driver.isAway = isAway;
    TokenLink<Connection> link = link();
    link.start();
    link.close();
    link.close();
    await().until(() -> driver.closed == 1);
  }

  private TokenLink<Connection> link() {
    return new TokenLink<>("k", driver, () -> System.nanoTime() + later.get());
  }

  private static void requireLost(TokenLink<Connection> link) {
    assertThatThrownBy(() -> link.call(Deadline.after(Duration.ofSeconds(5)), usable -> usable))
        .isInstanceOf(BackendUnavailable.class);
  }

  private static final class StubDriver implements Driver<Connection> {
    private volatile boolean isAway = true;
    private volatile @Nullable KmsException refusal;
    private volatile boolean canReinitialize;
    private volatile boolean reinitialized;
    private volatile int closed;

    @Override
    public Connection connect(Deadline deadline, Steps steps) {
      KmsException refused = refusal;
      if (refused != null) {
        throw refused;
      }
      if (isAway) {
        throw new Pkcs11Exception(Function.C_OpenSession, ReturnValue.DEVICE_ERROR.code());
      }
      return new StubConnection();
    }

    @Override
    public void connected(boolean works) {}

    @Override
    public boolean canReinitialize() {
      return canReinitialize;
    }

    @Override
    public boolean isInUse() {
      return false;
    }

    @Override
    public void reinitialize() {
      reinitialized = true;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  /** Its ciphertext is the plaintext. */
  private static final class StubConnection implements Connection {
    @Override
    public String identity() {
      return "stub";
    }

    @Override
    public Encrypted encrypt(byte[] associatedData, byte[] plaintext, Deadline deadline) {
      return new Encrypted(new byte[12], plaintext.clone());
    }

    @Override
    public byte[] decrypt(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
      return encrypted.ciphertext().clone();
    }

    @Override
    public byte[] decryptAfresh(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
      return decrypt(associatedData, encrypted, deadline);
    }

    @Override
    public void close() {}
  }
}
