package io.github.keywrap.app;

import io.github.keywrap.token.SoftHsm;
import java.nio.file.Path;

final class TokenAppendsIvTest extends TokenKeyContract {
  @Override
  protected Path library() throws Exception {
    return SoftHsm.faultyLibrary();
  }

  @Override
  protected String settings() {
    return ", gcm-iv: appended, gcm-iv-length: 16";
  }

  @Override
  protected String[] faults() {
    return new String[] {"iv appended"};
  }
}
