package io.github.keywrap.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process, which holds keys: it is not written to a file when it crashes. */
public final class CoreDumps {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String NONE = "Max core file size +0 +.*";

  private CoreDumps() {}

  /**
   * Sets the limit of core files to zero, unless it is: bin/keywrap sees to that before the JVM
   * starts.
   */
  public static void forbid() {
    if (!areForbidden()) {
      LibC.forbidCoreFiles();
    }
  }

  /** False where it cannot be told. */
  static boolean areForbidden() {
    try {
      return Files.readAllLines(LIMITS, US_ASCII).stream().anyMatch(line -> line.matches(NONE));
    } catch (IOException unknown) {
      return false;
    }
  }
}
