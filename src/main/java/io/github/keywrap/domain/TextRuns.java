package io.github.keywrap.domain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Runs of letters that may be base64 (RFC 4648, sections 4 and 5) or hexadecimal, in bytes that may
 * be anything. What they spell may be a secret: copies are the caller's to wipe.
 */
final class TextRuns {
  private TextRuns() {}

  /** Length of the longest run, whatever separates its letters. */
  static int longest(byte[] text) {
    int longest = 0;
    int length = 0;
    for (byte b : text) {
      length = isLetter(b) ? length + 1 : isSeparator(b) || isBreak(b) ? length : 0;
      longest = Math.max(longest, length);
    }
    return longest;
  }

  /** The text without what may stand between the letters of a run. */
  static byte[] joined(byte[] text) {
    byte[] joined = new byte[text.length];
    int length = 0;
    for (byte b : text) {
      if (!isSeparator(b) && !isBreak(b)) {
        joined[length++] = b;
      }
    }
    return copyAndWipe(joined, length);
  }

  /** Base64 for URLs as that of section 4. */
  static byte[] standardAlphabet(byte[] text) {
    byte[] standard = text.clone();
    for (int i = 0; i < standard.length; i++) {
      standard[i] = standard[i] == '-' ? (byte) '+' : standard[i] == '_' ? (byte) '/' : standard[i];
    }
    return standard;
  }

  /**
   * What each word, which lines and the zero bytes of UTF-16 do not end, is the encoding of.
   *
   * @param least length of what it decodes to, in bytes
   */
  static List<byte[]> decodedWords(byte[] text, int least) {
    List<byte[]> decoded = new ArrayList<>();
    byte[] word = new byte[text.length];
    int length = 0;
    for (int i = 0; i <= text.length; i++) {
      if (i < text.length && isLetter(text[i])) {
        word[length++] = text[i];
      } else if (i == text.length || !isBreak(text[i])) {
        decode(Arrays.copyOf(word, length), least, decoded);
        length = 0;
      }
    }
    Arrays.fill(word, (byte) 0);
    return decoded;
  }

  private static void decode(byte[] word, int least, List<byte[]> decoded) {
    if (word.length >= 2 * least && word.length % 2 == 0 && isHex(word)) {
      byte[] bytes = new byte[word.length / 2];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            (byte)
                (HexFormat.fromHexDigit(word[2 * i]) << 4
                    | HexFormat.fromHexDigit(word[2 * i + 1]));
      }
      decoded.add(bytes);
    }
    int length = word.length % 4 == 1 ? word.length - 1 : word.length;
    if (length * 3 / 4 >= least) {
      decoded.add(Base64.getDecoder().decode(standardAlphabet(Arrays.copyOf(word, length))));
    }
    Arrays.fill(word, (byte) 0);
  }

  private static boolean isHex(byte[] word) {
    for (byte b : word) {
      if (!HexFormat.isHexDigit(b)) {
        return false;
      }
    }
    return true;
  }

  private static byte[] copyAndWipe(byte[] bytes, int length) {
    byte[] copy = Arrays.copyOf(bytes, length);
    Arrays.fill(bytes, (byte) 0);
    return copy;
  }

  private static boolean isLetter(byte b) {
    return b >= 'a' && b <= 'z'
        || b >= 'A' && b <= 'Z'
        || b >= '0' && b <= '9'
        || b == '+'
        || b == '/'
        || b == '-'
        || b == '_';
  }

  /** Ends a word, and may stand between the octets of a hexadecimal text. */
  private static boolean isSeparator(byte b) {
    return b == ':' || b == ' ' || b == '\t' || b == ',';
  }

  /** May stand within a word. */
  private static boolean isBreak(byte b) {
    return b == '\r' || b == '\n' || b == 0;
  }
}
