package io.github.keywrap.token;

final class Sm4CbcHmacOnTokenTest extends TokenKeyContract {
  @Override
  protected String settings(int which) {
    return ", algorithm: sm4-cbc-hmac, vendor: sansec";
  }
}
