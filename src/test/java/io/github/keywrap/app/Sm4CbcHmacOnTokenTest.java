package io.github.keywrap.app;

final class Sm4CbcHmacOnTokenTest extends TokenKeyContract {
  @Override
  protected String settings(int which) {
    return ", algorithm: sm4-cbc-hmac, vendor: sansec";
  }
}
