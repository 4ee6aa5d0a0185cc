package io.github.keywrap.token;

final class Sm4GcmTokenRecoveryTest extends TokenRecoveryContract {
  @Override
  protected String settings() {
    return ", algorithm: sm4-gcm, vendor: sansec, mechanisms: { sm4-gcm: \"0x8000010F\" }";
  }
}
