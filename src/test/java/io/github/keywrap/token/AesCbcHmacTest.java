package io.github.keywrap.token;

/** The contract, as for tokens without GCM. */
final class AesCbcHmacTest extends TokenKeyContract {
  @Override
  protected String settings(int which) {
    return ", algorithm: aes-cbc-hmac";
  }
}
