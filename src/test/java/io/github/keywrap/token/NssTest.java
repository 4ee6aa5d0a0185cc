package io.github.keywrap.token;

import java.nio.file.Path;

/** The contract, on a library that is initialized with parameters. */
final class NssTest extends TokenKeyContract {
  @Override
  protected Path library() {
    return Nss.library();
  }

  @Override
  protected String newToken() throws Exception {
    return Nss.newToken();
  }

  @Override
  protected String settings(int which) {
    return ", library-parameters: \"%s\"".formatted(Nss.parameters());
  }
}
