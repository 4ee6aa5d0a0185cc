package io.github.keywrap.token;

import java.nio.file.Path;

final class SoftHsmTest extends TokenKeyContract {
  @Override
  protected Path library() {
    return SoftHsm.LIBRARY;
  }

  @Override
  protected String settings(int which) {
    return "";
  }
}
