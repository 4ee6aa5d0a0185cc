package io.github.keywrap.app;

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
