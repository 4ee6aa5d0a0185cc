package io.github.keywrap.token;

final class TokenWorksInWritingSessionsTest extends TokenKeyContract {
  @Override
  protected String settings(int which) {
    return ", session: read-write";
  }

  @Override
  protected String[] faults() {
    return new String[] {"sessions read-write"};
  }
}
