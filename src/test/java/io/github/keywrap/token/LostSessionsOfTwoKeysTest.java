package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two keys of one token share its sessions, and notice one after the other that they are lost. */
final class LostSessionsOfTwoKeysTest {
  private static final int RESETS = 5;

  /** Whoever loses a connection five times in a row waits for 1.6 s. */
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  @TempDir private Path folder;

  @AfterEach
  void noFaults() {
    SoftHsm.faults();
  }

  @Test
  void onlyTheKeyThatMeetsTheLossWaitsBeforeItConnectsAgain() throws Exception {
    List<Pkcs11KeySettings> keys = TokenKey.twoOnOneToken(folder);
    try (KeyWrapper meets = new Pkcs11BackEnd(keys.getFirst()).open();
        KeyWrapper follows = new Pkcs11BackEnd(keys.getLast()).open()) {
      for (int i = 0; i < RESETS; i++) {
        RoundTrip.of(meets);
        RoundTrip.of(follows);
        SoftHsm.faults(SoftHsm.reset());
        RoundTrip.of(meets);
        long start = System.nanoTime();
        RoundTrip.of(follows);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
      }
    }
  }
}
