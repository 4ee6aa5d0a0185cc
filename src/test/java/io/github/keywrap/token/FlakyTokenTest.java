package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.app.KeyRings;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
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
import org.junit.jupiter.params.provider.CsvSource;

/** A token that fails so often that several failures in a row are nothing special. */
final class FlakyTokenTest {
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(3);

  @TempDir private Path folder;
  private KeyRing ring;

  @BeforeEach
  void openKey() throws Exception {
    Settings settings = TokenKey.in(folder).settings("");
    String _ = BackEnds.of(settings.active()).generate();
    ring = KeyRings.open(settings, new SimpleMeterRegistry());
  }

  @AfterEach
  void end() {
    SoftHsm.faults();
    ring.close();
  }

  /** "Every 2" is a pair of HSMs, asked in turn, of which one is ill. */
  @ParameterizedTest
  @CsvSource({"random 3, 8", "random 7, 1", "every 2, 1", "every 2, 8", "every 3, 8"})
  void nobodyIsToldThatAGoodCiphertextIsAltered(String howOften, int number) {
    try (Callers callers = new Callers(ring, number)) {
      callers.awaitServed();
      SoftHsm.faults("C_Decrypt fail 6 " + howOften);
      long end = System.nanoTime() + LONG_ENOUGH.toNanos();
      while (System.nanoTime() < end) {
        callers.awaitServed();
      }
      SoftHsm.faults();
      // Doubts are kept for two seconds.
      await()
          .ignoreExceptionsInstanceOf(CompletionException.class)
          .untilAsserted(callers::assertNothingWrongAndNothingLost);
      assertThat(callers.failures())
          .allSatisfy(failure -> assertThat(failure).isInstanceOf(BackendUnavailable.class));
    }
  }

  /** A session that is being closed is of no use any more, and takes no other's place. */
  @Test
  void aTokenThatClosesSessionsSlowlyGoesOnServing() {
    try (Callers callers = new Callers(ring, 8)) {
      callers.awaitServed();
      SoftHsm.faults("C_CloseSession slow 300", "C_Decrypt fail 30 every 9");
      callers.awaitServedWithin(Duration.ofSeconds(10), 60);
    }
  }
}
