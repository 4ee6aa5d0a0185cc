package io.github.keywrap.token;

final class TokenAppendsIvUnaskedTest extends TokenKeyContract {
  @Override
  protected String settings(int which) {
    return ", gcm-iv: appended-null";
  }

  @Override
  protected String[] faults() {
    return new String[] {"iv null-appended"};
  }
}
