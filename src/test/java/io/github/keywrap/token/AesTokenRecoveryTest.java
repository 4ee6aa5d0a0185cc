package io.github.keywrap.token;

final class AesTokenRecoveryTest extends TokenRecoveryContract {
  @Override
  protected String settings() {
    return "";
  }
}
