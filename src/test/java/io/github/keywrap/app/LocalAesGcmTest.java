package io.github.keywrap.app;

final class LocalAesGcmTest extends LocalKeyContract {
  @Override
  protected String algorithm() {
    return "aes-gcm";
  }
}
