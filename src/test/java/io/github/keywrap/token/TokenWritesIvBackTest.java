package io.github.keywrap.token;

final class TokenWritesIvBackTest extends TokenKeyContract {
  @Override
  protected String settings(int which) {
    return ", gcm-iv: written-back";
  }

  @Override
  protected String[] faults() {
    return new String[] {"iv written-back"};
  }
}
