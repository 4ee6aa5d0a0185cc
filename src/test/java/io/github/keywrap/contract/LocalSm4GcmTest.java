package io.github.keywrap.contract;

final class LocalSm4GcmTest extends LocalKeyContract {
  @Override
  protected String algorithm() {
    return "sm4-gcm";
  }
}
