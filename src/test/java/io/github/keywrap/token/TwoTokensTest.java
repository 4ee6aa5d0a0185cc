package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.app.KeyRings;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.settings.TokenName;
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
    String _ = BackEnds.of(settings.active()).generate();
    Pkcs11KeySettings absent = present.keyOn(new TokenName.Label("absent"));
    try (KeyRing ring = KeyRings.open(settings, new SimpleMeterRegistry());
        Callers callers = new Callers(ring, 4)) {
      callers.awaitServed();
      long logins = SoftHsm.logins();
      try (KeyWrapper _ = new Pkcs11BackEnd(absent).open()) {
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
