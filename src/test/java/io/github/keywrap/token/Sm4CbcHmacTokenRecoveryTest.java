package io.github.keywrap.token;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Sm4CbcHmacTokenRecoveryTest extends TokenRecoveryContract {
  @Override
  protected String settings() {
    return ", algorithm: sm4-cbc-hmac, vendor: sansec";
  }

  /** The MAC is a second operation, with a second key. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "C_SignInit fail 60", // CKR_KEY_HANDLE_INVALID
        "C_SignInit fail 101", // CKR_USER_NOT_LOGGED_IN
        "C_Sign fail 30",
        "C_Sign fail 5", // CKR_GENERAL_ERROR
        "C_Sign corrupt",
      })
  void comesBackAfterTheMacFailed(String fault) {
    requireRecovery(fault);
  }

  @ParameterizedTest
  @ValueSource(strings = {"C_SignInit fail 60 20", "C_Sign fail 30 20"})
  void aFaultOfTheMacThatPassesCostsNoCall(String fault) {
    requireNoFailure(fault);
  }
}
