package io.github.keywrap.token;

import java.nio.file.Path;

final class KryopticTest extends TokenKeyContract {
  @Override
  protected Path library() throws Exception {
    return Kryoptic.library();
  }

  @Override
  protected String newToken() throws Exception {
    return Kryoptic.newToken();
  }

  @Override
  protected String settings(int which) {
    return "";
  }
}
