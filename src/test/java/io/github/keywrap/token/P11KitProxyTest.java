package io.github.keywrap.token;

import java.nio.file.Path;

/** The contract, on SoftHSM by way of p11-kit. */
final class P11KitProxyTest extends TokenKeyContract {
  @Override
  protected Path library() {
    return P11KitProxy.library();
  }

  @Override
  protected String settings(int which) {
    return "";
  }
}
