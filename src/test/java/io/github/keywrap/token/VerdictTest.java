package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody is told that a good object is altered because the token fails now and then. */
final class VerdictTest {
  private static final int PAIRS = 60;

  @TempDir private Path folder;

  @AfterEach
  void noFaults() {
    SoftHsm.faults();
  }

  /**
   * Before the ciphertext, the known one is opened: not at all in the first call and the first
   * trial, then once, twice, not at all and so on: in calls 3, 5, 6, 9, 11 and 12.
   */
  @ParameterizedTest
  @ValueSource(strings = {"1", "1 2", "1 2 4", "1 2 4 7", "1 2 4 7 8 10", "1 2 3 4 5", "1 2 4 6 8"})
  void aGoodCiphertextOpensThoughSeveralTrialsFail(String calls) throws Exception {
    Pkcs11KeySettings key = TokenKey.in(folder).key("");
    String _ = BackEnds.of(key).generate();
    try (KeyWrapper wrapper = new Pkcs11BackEnd(key).open()) {
      RoundTrip.of(wrapper);
      WrappedKey wrapped = wrap(wrapper);
      long before = SoftHsm.logins();
      // CKR_GENERAL_ERROR is SoftHSM's answer to a wrong tag, too.
      SoftHsm.faults(
          Arrays.stream(calls.split(" ", -1))
              .map(call -> "C_Decrypt fail 5 " + call)
              .toArray(String[]::new));
      open(wrapper, wrapped);
      assertThat(SoftHsm.logins()).isEqualTo(before);
    }
  }

  /** A failure leaves an operation active, and with the only session the login goes. */
  @Test
  @SuppressWarnings("DistinctVarargsChecker") // two callers of each
  void whereThereIsOneSessionAFailureInItIsNoVerdict() throws Exception {
    List<Pkcs11KeySettings> keys = TokenKey.twoOnOneToken(folder);
    SoftHsm.faults("sessions 1", "C_CloseSession slow 300", "C_Decrypt fail 30 every 37");
    try (KeyWrapper first = new Pkcs11BackEnd(keys.getFirst()).open();
        KeyWrapper second = new Pkcs11BackEnd(keys.getLast()).open()) {
      CompletableFuture.allOf(calls(first), calls(first), calls(second), calls(second)).join();
      SoftHsm.faults();
    }
  }

  private static CompletableFuture<Void> calls(KeyWrapper wrapper) {
    return CompletableFuture.runAsync(
        () -> {
          for (int i = 0; i < PAIRS; i++) {
            try {
              open(wrapper, wrap(wrapper));
            } catch (BackendUnavailable whileItLogsIn) {
              // Not what is told of an altered ciphertext.
            }
          }
        },
        task -> Thread.ofPlatform().daemon().start(task));
  }

  private static WrappedKey wrap(KeyWrapper wrapper) {
    try (SecretBytes secret = SecretBytes.owning(new byte[32])) {
      return wrapper.wrap(secret, Deadline.after(Duration.ofSeconds(5)));
    }
  }

  private static void open(KeyWrapper wrapper, WrappedKey wrapped) {
    try (SecretBytes opened = wrapper.unwrap(wrapped, Deadline.after(Duration.ofSeconds(5)))) {
      assertThat(opened.expose()).isEqualTo(new byte[32]);
    }
  }
}
