package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A login that hangs is one token's own trouble. */
final class HangingLoginTest {
  private static final Duration AT_ONCE = Duration.ofSeconds(3);

  @TempDir private Path folder;

  @Test
  void aLoginThatHangsInOneLibraryHoldsUpNoOther() throws Exception {
    KeysOnTokens keys = KeysOnTokens.in(folder);
    String token = SoftHsm.newToken();
    Pkcs11KeySettings works = keys.keyWithPin(SoftHsm.faultyLibrary(), token);
    String _ = new Pkcs11BackEnd(works).generate();
    Path library = SoftHsm.copyOfLibrary(SoftHsm.faultyLibrary());
    SoftHsm.faultsOf(library, "C_Login hang");
    long before = SoftHsm.logins();
    try (KeyWrapper hanging = new Pkcs11BackEnd(keys.keyWithPin(library, token)).open()) {
      await().until(() -> SoftHsm.logins() > before);
      assertThatThrownBy(() -> RoundTrip.of(hanging))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("no connection to the token yet: step \"login\" has taken");
      long start = System.nanoTime();
      try (KeyWrapper serving = new Pkcs11BackEnd(works).open()) {
        RoundTrip.of(serving);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
      SoftHsm.faultsOf(library);
      RoundTrip.awaitOf(hanging);
    } finally {
      SoftHsm.faultsOf(library);
    }
  }
}
