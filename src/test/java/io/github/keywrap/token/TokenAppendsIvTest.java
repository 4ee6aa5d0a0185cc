package io.github.keywrap.token;

final class TokenAppendsIvTest extends TokenKeyContract {
  @Override
  protected String settings(int which) {
    return ", gcm-iv: appended, gcm-iv-length: 16";
  }

  @Override
  protected String[] faults() {
    return new String[] {"iv appended"};
  }
}
