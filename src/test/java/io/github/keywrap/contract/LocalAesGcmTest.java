package io.github.keywrap.contract;

final class LocalAesGcmTest extends LocalKeyContract {
  @Override
  protected String algorithm() {
    return "aes-gcm";
  }
}
