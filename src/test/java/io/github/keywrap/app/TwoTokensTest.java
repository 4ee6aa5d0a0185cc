package io.github.keywrap.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.pkcs11.Pkcs11Keys;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.settings.TokenName;
import io.github.keywrap.token.SoftHsm;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two keys share one library: what happens to one is not the other's. */
final class TwoTokensTest {
  @TempDir private Path folder;

  @Test
  void aTokenThatIsAwayDoesNotDisturbTheOneThatIsThere() throws Exception {
    TokenKey present = TokenKey.in(Files.createDirectory(folder.resolve("present")));
    Settings settings = present.settings("");
    String _ = KeyGeneration.generate(settings.active());
    Pkcs11KeySettings absent = present.keyOn(new TokenName.Label("absent"));
    try (KeyRing ring = KeyRings.open(settings, new SimpleMeterRegistry());
        Callers callers = new Callers(ring, 4)) {
      callers.awaitServed();
      long logins = SoftHsm.logins();
      try (KeyWrapper _ = Pkcs11Keys.open(absent)) {
        for (int i = 0; i < 200; i++) {
          callers.awaitServed();
        }
      }
      assertThat(SoftHsm.logins()).isEqualTo(logins);
      assertThat(callers.failures()).isEmpty();
      callers.assertNothingWrongAndNothingLost();
    }
  }
}
