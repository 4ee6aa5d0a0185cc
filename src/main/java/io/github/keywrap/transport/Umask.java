package io.github.keywrap.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file mode creation mask of this process, umask(2): whom a socket lets connect from the moment
 * it is bound.
 */
final class Umask {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String FIELD = "Umask:";
  private static final int GROUP_AND_OTHERS = 077;

  private Umask() {}

  /**
   * Whether what is made is the owner's alone; false where it cannot be told. The JDK has no call
   * that sees to it: bin/keywrap does before the JVM starts, and for a native executable whoever
   * starts it.
   */
  static boolean hidesFromOthers() {
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
