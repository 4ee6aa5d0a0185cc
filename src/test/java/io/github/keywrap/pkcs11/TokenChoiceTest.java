package io.github.keywrap.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.device.AbsentDeviceException;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.settings.TokenName;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TokenChoiceTest {
  private static final TokenName KMS = new TokenName.Label("kms");

  @Test
  void theOneTokenOfANameIsTaken() {
    assertThat(TokenChoice.of(KMS, List.of(token("other", "1"), token("kms", "2"))).serial())
        .isEqualTo("2");
    assertThat(
            TokenChoice.of(
                new TokenName.Serial("1"), List.of(token("kms", "1"), token("kms", "2"))))
        .isEqualTo(token("kms", "1"));
  }

  /** No outage: it stays so until somebody tells them apart. */
  @Test
  void twoTokensOfOneLabelAreForAPersonToTellApart() {
    assertThatThrownBy(() -> TokenChoice.of(KMS, List.of(token("kms", "1"), token("kms", "2"))))
        .isInstanceOf(KeyUnavailable.class)
        .hasMessage(
            "2 tokens are called \"kms\": \"kms\" (serial 1), \"kms\" (serial 2);"
                + " set token: serial:NUMBER");
  }

  @Test
  void aTokenThatIsNotThereIsAbsentAndTheOthersAreListed() {
    assertThatThrownBy(() -> TokenChoice.of(KMS, List.of()))
        .isInstanceOf(AbsentDeviceException.class)
        .hasMessage("token \"kms\" is not there; the library shows no token at all");
    assertThatThrownBy(() -> TokenChoice.of(KMS, Collections.nCopies(12, token("a", "1"))))
        .isInstanceOf(AbsentDeviceException.class)
        .hasMessageEndingWith("\"a\" (serial 1), and 2 more");
  }

  private static Token token(String label, String serial) {
    return new Token(7, label, "test", "test", serial, 0, 0, 0);
  }
}
