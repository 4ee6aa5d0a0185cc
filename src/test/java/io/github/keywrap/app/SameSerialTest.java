package io.github.keywrap.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.pkcs11.MadeKey;
import io.github.keywrap.pkcs11.PinFiles;
import io.github.keywrap.pkcs11.Pkcs11Keys;
import io.github.keywrap.pkcs11.Steps;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.token.SoftHsm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that all have one serial number, as those of NSS and openCryptoki. */
final class SameSerialTest {
  @TempDir private Path folder;

  @AfterEach
  void noFaults() {
    SoftHsm.faults();
  }

  @Test
  void aRefusalAtOneTokenKeepsThePinFromNoOther() throws Exception {
    SoftHsm.faults("serials same");
    KeysOnTokens keys = new KeysOnTokens(folder);
    Path _ = keys.pin("pin", SoftHsm.PIN);
    String refusing = SoftHsm.newToken();
    changePin(refusing, "5678");
    Pkcs11KeySettings wrong = on(keys, refusing);
    Pkcs11KeySettings right = on(keys, SoftHsm.newToken());
    long before = SoftHsm.logins();
    assertThatThrownBy(() -> Pkcs11Keys.tryOut(wrong, Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class)
        .hasMessageContaining("\"" + refusing + "\" (serial 123)");
    MadeKey _ = Pkcs11Keys.generate(right);
    try (KeyWrapper wrapper = Pkcs11Keys.open(right)) {
      RoundTrip.of(wrapper);
    }
    assertThatThrownBy(() -> Pkcs11Keys.tryOut(wrong, Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class);
    assertThat(SoftHsm.logins() - before).isEqualTo(3);
    assertThat(PinFiles.of(wrong).record()).exists();
    assertThat(PinFiles.of(right).record()).doesNotExist();
  }

  private static Pkcs11KeySettings on(KeysOnTokens keys, String token) throws Exception {
    return keys.key(SoftHsm.faultyLibrary(), token, ", pin: { file: pin }");
  }

  private static void changePin(String token, String pin) throws Exception {
    String _ =
        SoftHsm.run(
            List.of(
                "pkcs11-tool",
                "--module",
                SoftHsm.LIBRARY.toString(),
                "--token-label",
                token,
                "--login",
                "--pin",
                SoftHsm.PIN,
                "--change-pin",
                "--new-pin",
                pin));
  }
}
