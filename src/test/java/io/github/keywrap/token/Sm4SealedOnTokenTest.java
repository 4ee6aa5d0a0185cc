package io.github.keywrap.token;

import java.nio.file.Path;

/** Needs nothing of a token but AES: SoftHSM itself will do. */
final class Sm4SealedOnTokenTest extends TokenKeyContract {
  @Override
  protected Path library() {
    return SoftHsm.LIBRARY;
  }

  @Override
  protected String settings(int which) {
    return ", algorithm: sm4-sealed";
  }
}
