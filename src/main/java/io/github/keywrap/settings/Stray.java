package io.github.keywrap.settings;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What editors, shells and copying leave in a secret without being part of it. In the order in
 * which it is looked for: what hides the next comes first.
 */
enum Stray {
  UTF_8_MARK(
      "begins with a byte order mark, as Windows editors write it", "'1s/^\\xEF\\xBB\\xBF//'"),
  UTF_16_MARK("is in UTF-16 or UTF-32, as Windows editors write it", ""),
  ZERO_BYTE("has a zero byte, as text in UTF-16 or UTF-32 has", ""),
  RETURN_AT_END("ends with a carriage return, as Windows editors leave it", "'s/[[:space:]]*$//'"),
  NEWLINE_AT_END("ends with a newline too many", "'/^$/d'"),
  BLANK_AT_END("ends with a blank or a tab", "'s/[[:space:]]*$//'"),
  SEVERAL_LINES("has several lines", ""),
  RETURN_INSIDE("has a carriage return in it", ""),
  BLANK_AT_BEGINNING("begins with a blank or a tab", "'s/^[[:space:]]*//'"),
  DOUBLE_QUOTES("is in double quotes", "'s/^\"\\(.*\\)\"$/\\1/'"),
  SINGLE_QUOTES("is in single quotes", "\"s/^'\\(.*\\)'$/\\1/\"");

  private final String what;
  private final String sed;

  /**
   * @param what is wrong, after the name of the place
   * @param sed a script that takes it away, quoted for a shell; empty: somebody has to decide what
   *     the secret is
   */
  Stray(String what, String sed) {
    this.what = what;
    this.sed = sed;
  }

  /** What shows that it is in UTF-16 or UTF-32: text in UTF-8 has no such mark and no zero byte. */
  static Optional<Stray> ofUtf16(byte[] text) {
    return Stream.of(UTF_16_MARK, ZERO_BYTE).filter(stray -> stray.isIn(text)).findFirst();
  }

  /** The first that is in a secret. */
  static Optional<Stray> firstIn(byte[] secret) {
    return Arrays.stream(values()).filter(stray -> stray.isIn(secret)).findFirst();
  }

  String what() {
    return what;
  }

  /**
   * What takes it out of a file: a command that keeps mode and owner of the file, and the secret
   * out of the shell's history.
   */
  String mending(Path file) {
    return sed.isEmpty()
        ? "write it anew, as one line: cat > " + file + ", the secret, Enter, Ctrl-D"
        : "sed -i " + sed + " " + file;
  }

  private boolean isIn(byte[] secret) {
    return switch (this) {
      case UTF_8_MARK -> begins(secret, 0xEF, 0xBB, 0xBF);
      case UTF_16_MARK -> begins(secret, 0xFE, 0xFF) || begins(secret, 0xFF, 0xFE);
      case ZERO_BYTE -> has(secret, '\0');
      case RETURN_AT_END -> ends(secret, '\r');
      case NEWLINE_AT_END -> ends(secret, '\n');
      case BLANK_AT_END -> ends(secret, ' ') || ends(secret, '\t');
      case SEVERAL_LINES -> has(secret, '\n');
      case RETURN_INSIDE -> has(secret, '\r');
      case BLANK_AT_BEGINNING -> begins(secret, ' ') || begins(secret, '\t');
      case DOUBLE_QUOTES -> isBetween(secret, '"');
      case SINGLE_QUOTES -> isBetween(secret, '\'');
    };
  }

  private static boolean begins(byte[] secret, int... prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (i >= secret.length || (secret[i] & 0xFF) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean ends(byte[] secret, char last) {
    return secret.length > 0 && secret[secret.length - 1] == last;
  }

  private static boolean has(byte[] secret, char sought) {
    for (byte b : secret) {
      if (b == sought) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBetween(byte[] secret, char quote) {
    return secret.length > 1 && secret[0] == quote && ends(secret, quote);
  }
}
