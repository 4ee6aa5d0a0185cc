package io.github.keywrap.token;

final class Sm4CbcHmacSm3OnTokenTest extends TokenKeyContract {
  @Override
  protected String settings(int which) {
    return ", algorithm: sm4-cbc-hmac, vendor: sansec, mechanisms: { sm3-hmac: \"0x80000F01\" }";
  }
}
