package io.github.keywrap.token;

/** The vendor has no CBC without padding, and every number is given alone. */
final class Sm4CbcPadHmacOnTokenTest extends TokenKeyContract {
  @Override
  protected String settings(int which) {
    return ", algorithm: sm4-cbc-hmac, mechanisms: { sm4-key-gen: \"0x80000107\","
        + " sm4-cbc-pad: \"0x8000A102\" }, key-types: { sm4: \"0x80000106\" }";
  }
}
