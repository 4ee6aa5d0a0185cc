package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.app.KeyRings;
import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.settings.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A token fails under 16 callers and comes back: no answer is wrong, none is lost, and all callers
 * are served again within five seconds.
 */
abstract class TokenRecoveryContract {
  private static final Duration RECOVERY = Duration.ofSeconds(5);

  @TempDir private Path folder;
  private KeyRing ring;
  private Callers callers;

  /** Further settings of the key, each with a comma before it. */
  protected abstract String settings();

  @BeforeEach
  final void serve() throws Exception {
    Settings settings = TokenKey.in(folder).settings(settings());
    String _ = BackEnds.of(settings.active()).generate();
    ring = KeyRings.open(settings, new SimpleMeterRegistry());
    ring.keys().forEach(key -> key.monitor().start());
    callers = new Callers(ring, 16);
  }

  @AfterEach
  final void end() {
    SoftHsm.faults();
    callers.close();
    ring.close();
  }

  /** As long as it lasts, everybody fails. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "* fail 30", // CKR_DEVICE_ERROR
        "* fail 32", // CKR_DEVICE_REMOVED
        "* fail e0", // CKR_TOKEN_NOT_PRESENT
        "* fail 190", // CKR_CRYPTOKI_NOT_INITIALIZED
        "* fail 5", // CKR_GENERAL_ERROR, also of C_Decrypt
        "C_EncryptInit fail b3", // CKR_SESSION_HANDLE_INVALID
        "C_EncryptInit fail 101", // CKR_USER_NOT_LOGGED_IN
        "C_EncryptInit fail 60", // CKR_KEY_HANDLE_INVALID
        "C_EncryptInit fail 90", // CKR_OPERATION_ACTIVE
        "C_Encrypt fail 30",
        "C_Encrypt fail 91", // CKR_OPERATION_NOT_INITIALIZED
        "C_Encrypt fail 80001234", // a vendor's own
        "C_Encrypt corrupt",
      })
  final void comesBackAfterAFaultThatLasts(String fault) {
    requireRecovery(fault);
  }

  protected final void requireRecovery(String fault) {
    callers.awaitServed();
    SoftHsm.faults(fault);
    callers.awaitFailed();
    await().atMost(RECOVERY).until(() -> !isHealthy());
    SoftHsm.faults();
    callers.awaitServedWithin(RECOVERY);
    await().atMost(RECOVERY).until(this::isHealthy);
    callers.assertNothingWrongAndNothingLost();
  }

  @ParameterizedTest
  @ValueSource(strings = {"C_DecryptInit fail 101", "C_Decrypt fail 30", "C_Decrypt fail 5"})
  void comesBackWhenOnlyDecryptionFails(String fault) {
    callers.awaitServed();
    SoftHsm.faults(fault);
    callers.awaitFailed();
    SoftHsm.faults();
    callers.awaitServedWithin(RECOVERY);
    callers.assertNothingWrongAndNothingLost();
  }

  /** Whoever meets it tries once more on a new connection: nobody fails. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "C_EncryptInit fail b3 20",
        "C_Encrypt fail 30 20",
        "C_DecryptInit fail 101 20",
        "C_Decrypt fail 30 20",
      })
  final void aFaultThatPassesCostsNoCall(String fault) {
    requireNoFailure(fault);
  }

  protected final void requireNoFailure(String fault) {
    callers.awaitServed();
    SoftHsm.faults(fault);
    callers.awaitServed();
    callers.awaitServed();
    assertThat(callers.failures()).isEmpty();
    callers.assertNothingWrongAndNothingLost();
  }

  @Test
  void comesBackAfterAllSessionsAndTheLoginAreLost() {
    for (int i = 0; i < 3; i++) {
      callers.awaitServed();
      SoftHsm.faults(SoftHsm.reset());
      callers.awaitServedWithin(RECOVERY);
    }
    await().atMost(RECOVERY).until(this::isHealthy);
    callers.assertNothingWrongAndNothingLost();
  }

  @Test
  void aCallThatHangsIsGivenUpInTimeAndTheTokenComesBack() {
    callers.awaitServed();
    SoftHsm.faults("C_Encrypt hang");
    callers.awaitFailed();
    assertThat(callers.longestCall()).isLessThan(Duration.ofSeconds(3));
    SoftHsm.faults();
    callers.awaitServedWithin(RECOVERY);
    callers.assertNothingWrongAndNothingLost();
  }

  @Test
  void comesBackAfterTheTokensFilesWereAway() throws Exception {
    callers.awaitServed();
    Path tokens = SoftHsm.tokens();
    Path away = tokens.resolveSibling("away-" + System.nanoTime());
    Files.move(tokens, away);
    try {
      SoftHsm.faults(SoftHsm.reset());
      callers.awaitFailed();
    } finally {
      Files.move(away, tokens);
    }
    callers.awaitServedWithin(RECOVERY);
    callers.assertNothingWrongAndNothingLost();
  }

  private boolean isHealthy() {
    return ring.active().monitor().health() instanceof KeyHealth.Healthy;
  }
}
