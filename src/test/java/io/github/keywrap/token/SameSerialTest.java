package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.device.PinFiles;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.nio.file.Path;
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
    KeysOnTokens keys = KeysOnTokens.in(folder);
    SoftHsm.faults("serials same");
    String refusing = SoftHsm.newToken();
    String _ = Pkcs11Tool.run(refusing, "--change-pin", "--new-pin", "5678");
    Pkcs11KeySettings wrong = keys.keyWithPin(SoftHsm.faultyLibrary(), refusing);
    Pkcs11KeySettings right = keys.keyWithPin(SoftHsm.faultyLibrary(), SoftHsm.newToken());
    long before = SoftHsm.logins();
    assertThatThrownBy(() -> new Pkcs11BackEnd(wrong).tryOut(Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class)
        .hasMessageContaining("\"" + refusing + "\" (serial 123)");
    String _ = new Pkcs11BackEnd(right).generate();
    try (KeyWrapper wrapper = new Pkcs11BackEnd(right).open()) {
      RoundTrip.of(wrapper);
    }
    assertThatThrownBy(() -> new Pkcs11BackEnd(wrong).tryOut(Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class);
    assertThat(SoftHsm.logins() - before).isEqualTo(3);
    assertThat(PinFiles.of(wrong).record()).exists();
    assertThat(PinFiles.of(right).record()).doesNotExist();
  }
}
