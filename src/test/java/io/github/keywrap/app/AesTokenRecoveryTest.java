package io.github.keywrap.app;

final class AesTokenRecoveryTest extends TokenRecoveryContract {
  @Override
  protected String settings() {
    return "";
  }
}
