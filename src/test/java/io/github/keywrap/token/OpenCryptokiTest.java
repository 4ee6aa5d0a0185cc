package io.github.keywrap.token;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;

/** The contract, on a token that has no GCM, and gives out the same handles again and again. */
@EnabledIf(
    value = "io.github.keywrap.token.OpenCryptoki#canRun",
    disabledReason = "see what src/test/opencryptoki/slot-daemon check says")
final class OpenCryptokiTest extends TokenKeyContract {
  private static @Nullable OpenCryptoki openCryptoki;

  @BeforeAll
  static void startDaemon() throws IOException {
    openCryptoki = OpenCryptoki.start();
  }

  @AfterAll
  static void stopDaemon() throws IOException, InterruptedException {
    requireNonNull(openCryptoki).close();
  }

  @Override
  protected Path library() {
    return OpenCryptoki.library();
  }

  @Override
  protected String newToken() throws Exception {
    return requireNonNull(openCryptoki).newToken();
  }

  @Override
  protected String settings(int which) {
    return ", algorithm: aes-cbc-hmac";
  }
}
