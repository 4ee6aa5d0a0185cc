package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.device.PinFiles;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an answer to C_Login is taken for: a wrong PIN has been called many names. */
final class LoginAnswersTest {
  @TempDir private Path folder;
  private TokenKey token;
  private Pkcs11KeySettings key;
  private long loginsBefore;

  @BeforeEach
  void makeKey() throws Exception {
    token = TokenKey.in(folder);
    key = token.key("");
    String _ = new Pkcs11BackEnd(key).generate();
    loginsBefore = SoftHsm.logins();
  }

  @AfterEach
  void noFaults() {
    SoftHsm.faults();
  }

  private long logins() throws IOException {
    return SoftHsm.logins() - loginsBefore;
  }

  /** CKR_DEVICE_ERROR says that nobody looked at the PIN; the token's own count says more. */
  @Test
  void aTokenThatHasCountedAWrongPinHasRefusedItWhateverItAnswers() throws Exception {
    token.pin("9999");
    SoftHsm.faults("C_Login wrong-pin 30");
    for (int start = 0; start < 3; start++) {
      assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
          .isInstanceOf(AccessDenied.class)
          .hasMessageContaining(
              "CKR_DEVICE_ERROR (0x30), and now it says \"user PIN: wrong before\"");
    }
    assertThat(logins()).isEqualTo(1);
  }

  @Test
  void whatTheTokenAnsweredIsToldForAsLongAsThePinIsNotTried() throws Exception {
    token.pin("9999");
    SoftHsm.faults("C_Login wrong-pin 5");
    for (int start = 0; start < 2; start++) {
      assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
          .isInstanceOf(AccessDenied.class)
          .hasMessageContaining("CKR_GENERAL_ERROR (0x5), which may mean a wrong PIN");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "5, CKR_GENERAL_ERROR (0x5)",
    "6, CKR_FUNCTION_FAILED (0x6)",
    "7, CKR_ARGUMENTS_BAD (0x7)",
    "20, CKR_DATA_INVALID (0x20)",
    "54, CKR_FUNCTION_NOT_SUPPORTED (0x54)",
    "80001234, unknown return value (0x80001234)",
  })
  void aWrongPinIsTriedOnceWhateverItIsCalled(String code, String name) throws Exception {
    token.pin("9999");
    SoftHsm.faults("C_Login wrong-pin " + code);
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class)
        .hasMessageContaining(name + ", which may mean a wrong PIN")
        .hasMessageContaining("keywrap pin retry");
    for (int start = 0; start < 3; start++) {
      try (KeyWrapper wrapper = new Pkcs11BackEnd(key).open()) {
        assertThatThrownBy(() -> RoundTrip.of(wrapper))
            .isInstanceOf(AccessDenied.class)
            .hasMessageContaining("keywrap pin retry");
      }
    }
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class);
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).generate()).isInstanceOf(AccessDenied.class);
    assertThat(logins()).isEqualTo(1);
  }

  @Test
  void anAnswerThatNamesThePinIsNotCalledDoubtful() throws Exception {
    token.pin("9999");
    assertThatThrownBy(() -> new Pkcs11BackEnd(key).tryOut(Steps.UNTOLD))
        .isInstanceOf(AccessDenied.class)
        .hasMessageContaining("CKR_PIN_INCORRECT (0xa0)")
        .hasMessageNotContaining("may mean");
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "31", "32", "e0", "e1", "b3", "b0", "190", "2", "3"})
  void anAnswerThatIsNotAboutThePinIsNoRefusal(String code) throws Exception {
    SoftHsm.faults("C_Login fail " + code);
    try (KeyWrapper wrapper = new Pkcs11BackEnd(key).open()) {
      assertThatThrownBy(() -> RoundTrip.of(wrapper))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("(0x" + code + ")");
      SoftHsm.faults();
      RoundTrip.awaitOf(wrapper);
    }
    assertThat(logins()).isGreaterThan(1);
    assertThat(PinFiles.of(key).record()).doesNotExist();
  }
}
