package io.github.keywrap.token;

final class Sm4GcmOnTokenTest extends TokenKeyContract {
  @Override
  protected String settings(int which) {
    return ", algorithm: sm4-gcm, vendor: sansec, mechanisms: { sm4-gcm: \"0x8000010F\" }";
  }
}
