package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.app.KeyRings;
import io.github.keywrap.contract.WrittenLogs;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.settings.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token that now and then fails, or answers one thing and means another. */
final class TokenUnderStrainTest {
  private static final int ROUNDS = 50;

  @TempDir private Path folder;
  private KeyRing ring;
  private Callers callers;

  @BeforeEach
  void serve() throws Exception {
    Settings settings = TokenKey.in(folder).settings("");
    String _ = BackEnds.of(settings.active()).generate();
    ring = KeyRings.open(settings, new SimpleMeterRegistry());
    callers = new Callers(ring, 8);
    callers.awaitServed();
  }

  @AfterEach
  void end() {
    SoftHsm.faults();
    callers.close();
    ring.close();
  }

  /** An overloaded HSM answers CKR_FUNCTION_FAILED, to C_Decrypt as to everything. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "C_Decrypt fail 6 every 97",
        "C_DecryptInit fail 6 every 97",
        "C_Encrypt fail 6 every 97",
        "C_EncryptInit fail 6 every 97",
        "C_Encrypt fail 20 every 97", // CKR_DATA_INVALID, as a YubiHSM under load
        "C_Encrypt fail b3 every 97", // CKR_SESSION_HANDLE_INVALID: one session has died
      })
  void aCallInAHundredThatFailsCostsNobodyAnythingAndNoLogin(String fault) throws Exception {
    long before = SoftHsm.logins();
    SoftHsm.faults(fault);
    for (int i = 0; i < ROUNDS; i++) {
      callers.awaitServed();
    }
    assertThat(callers.failures()).isEmpty();
    callers.assertNothingWrongAndNothingLost();
    assertThat(SoftHsm.logins()).isEqualTo(before);
  }

  @Test
  void aTokenThatFailsAgainAndAgainIsNotLoggedInToAgainAndAgain() throws Exception {
    long before = SoftHsm.logins();
    SoftHsm.faults("C_EncryptInit fail 101 every 3"); // CKR_USER_NOT_LOGGED_IN
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (System.nanoTime() < end) {
      callers.awaitServed();
    }
    assertThat(SoftHsm.logins() - before).isLessThan(12);
  }

  @Test
  void aConnectionThatIsLostAgainAndAgainIsToldOnce() {
    try (WrittenLogs logs = new WrittenLogs()) {
      for (int i = 0; i < 4; i++) {
        SoftHsm.faults(SoftHsm.reset());
        callers.awaitServed();
      }
      assertThat(logs.lines())
          .filteredOn(line -> line.contains("connection to the token lost"))
          .hasSize(1);
    }
  }

  /** Whatever a token calls a wrong tag, one bad object is nobody else's trouble. */
  @ParameterizedTest
  @ValueSource(strings = {"5", "6", "7", "20", "21", "30", "31", "40", "41", "50", "80001234"})
  void anAlteredCiphertextDisturbsNobodyWhateverTheTokenCallsIt(String code) throws Exception {
    byte[] altered = wrap().ciphertext();
    altered[altered.length - 1] ^= 1;
    WrappedKey bad = new WrappedKey(wrap().keyId(), altered);
    SoftHsm.faults("C_Decrypt wrong-tag " + code);
    callers.awaitServed();
    long before = SoftHsm.logins();
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> unwrap(bad))
          .cause()
          .isInstanceOf(InvalidCiphertext.class)
          .hasMessage("the ciphertext is not authentic: altered or truncated");
    }
    callers.awaitServed();
    assertThat(callers.failures()).isEmpty();
    assertThat(SoftHsm.logins()).isEqualTo(before);
  }

  /** Eight idle sessions or more, of which each takes its time. */
  @Test
  void closingSessionsDoesNotHoldUpTheNewConnection() {
    callers.close();
    SoftHsm.faults("C_CloseSession slow 400", SoftHsm.reset());
    long start = System.nanoTime();
    WrappedKey _ = wrap();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    callers.assertNothingWrongAndNothingLost();
  }

  private WrappedKey wrap() {
    return ring.active()
        .wrap(SecretBytes.owning(new byte[32]), Deadline.after(Duration.ofSeconds(5)))
        .join();
  }

  private void unwrap(WrappedKey wrapped) throws CompletionException {
    Deadline deadline = Deadline.after(Duration.ofSeconds(5));
    ring.active().unwrap(wrapped, deadline).join().close();
  }
}
