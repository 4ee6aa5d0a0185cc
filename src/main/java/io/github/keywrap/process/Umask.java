package io.github.keywrap.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file mode creation mask of this process, umask(2): whom a socket lets connect from the moment
 * it is bound.
 */
public final class Umask {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String FIELD = "Umask:";
  private static final int GROUP_AND_OTHERS = 077;

  private Umask() {}

  /** Makes something in the file system. */
  @FunctionalInterface
  public interface Making {
    void run() throws IOException;
  }

  /**
   * Runs {@code making} while what this process makes is its owner's alone, on whatever thread.
   * bin/keywrap sees to that before the JVM starts; it is asked of the system only where the
   * program was started otherwise, as a native executable is.
   */
  public static void whileOwnersAlone(Making making) throws IOException {
    if (hidesFromOthers()) {
      making.run();
      return;
    }
    int before = LibC.umask(GROUP_AND_OTHERS);
    try {
      making.run();
    } finally {
      int _ = LibC.umask(before);
    }
  }

  /** False where it cannot be told. */
  private static boolean hidesFromOthers() {
    try {
      return Files.readAllLines(STATUS, US_ASCII).stream()
          .filter(line -> line.startsWith(FIELD))
          .map(line -> Integer.parseInt(line.substring(FIELD.length()).strip(), 8))
          .anyMatch(mask -> (mask & GROUP_AND_OTHERS) == GROUP_AND_OTHERS);
    } catch (IOException | NumberFormatException unknown) {
      return false;
    }
  }
}
