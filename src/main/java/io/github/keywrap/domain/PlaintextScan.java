package io.github.keywrap.domain;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Finds a plaintext in what is said to be its ciphertext: as it is, or in base64 or hexadecimal,
 * and those in base64 again, as something that returns what it was sent may have it. How long a
 * search takes depends on the lengths and on the ciphertext, never on the plaintext.
 */
final class PlaintextScan {
  /** Fewer bytes may be there by chance, and are no key. */
  private static final int LEAST = 16;

  /** So few different bytes, as in a run of zeros, may be part of a format. */
  private static final int LEAST_DIFFERENT = 5;

  /** JSON and a gateway may each put bytes into base64, and each once more. */
  private static final int MOST_LAYERS = 4;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, BIG_ENDIAN);

  private PlaintextScan() {}

  /** Whether the ciphertext shows the plaintext, or cannot hold it: it is not longer. */
  static boolean shows(byte[] ciphertext, byte[] plaintext) {
    if (ciphertext.length <= plaintext.length) {
      return true;
    }
    if (plaintext.length < LEAST || isMonotonous(plaintext)) {
      return false;
    }
    return isIn(ciphertext, plaintext, MOST_LAYERS);
  }

  private static boolean isIn(byte[] text, byte[] plaintext, int layers) {
    return holds(text, plaintext)
        || spells(text, plaintext)
        || layers > 1 && isInDecoded(text, plaintext, layers - 1);
  }

  /** Text that is base64 from its first byte to its last. */
  private static boolean isInDecoded(byte[] text, byte[] plaintext, int layers) {
    byte[] decoded;
    try {
      decoded = Base64.getDecoder().decode(standardAlphabet(text));
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
    boolean found = isIn(decoded, plaintext, layers);
    Arrays.fill(decoded, (byte) 0);
    return found;
  }

  private static boolean isMonotonous(byte[] plaintext) {
    boolean[] seen = new boolean[256];
    int different = 0;
    for (byte b : plaintext) {
      different += seen[b & 0xff] ? 0 : 1;
      seen[b & 0xff] = true;
    }
    Arrays.fill(seen, false);
    return different < LEAST_DIFFERENT;
  }

  /** The first half of a key in the clear is as bad as all of it: 16 bytes are looked for. */
  private static boolean holds(byte[] ciphertext, byte[] plaintext) {
    long first = (long) LONGS.get(plaintext, 0);
    long second = (long) LONGS.get(plaintext, Long.BYTES);
    boolean found = false;
    for (int i = 0; i + LEAST <= ciphertext.length; i++) {
      long difference =
          ((long) LONGS.get(ciphertext, i) ^ first)
              | ((long) LONGS.get(ciphertext, i + Long.BYTES) ^ second);
      found |= difference == 0;
    }
    return found;
  }

  /** Only text can spell it: a ciphertext hardly ever has so many letters in a row. */
  private static boolean spells(byte[] ciphertext, byte[] plaintext) {
    int quanta = (plaintext.length - 2) / 3;
    if (longestWord(ciphertext) < quanta * 4) {
      return false;
    }
    boolean found = contains(lowerCase(ciphertext), hex(plaintext));
    byte[] standard = standardAlphabet(ciphertext);
    for (int start = 0; start < 3; start++) {
      byte[] part = Arrays.copyOfRange(plaintext, start, start + quanta * 3);
      found |= contains(standard, Base64.getEncoder().encode(part));
      Arrays.fill(part, (byte) 0);
    }
    return found;
  }

  private static int longestWord(byte[] text) {
    int longest = 0;
    int length = 0;
    for (byte b : text) {
      boolean isLetter =
          b >= 'a' && b <= 'z'
              || b >= 'A' && b <= 'Z'
              || b >= '0' && b <= '9'
              || b == '+'
              || b == '/'
              || b == '-'
              || b == '_';
      length = isLetter ? length + 1 : 0;
      longest = Math.max(longest, length);
    }
    return longest;
  }

  private static byte[] hex(byte[] plaintext) {
    byte[] hex = new byte[plaintext.length * 2];
    for (int i = 0; i < plaintext.length; i++) {
      hex[2 * i] = (byte) HexFormat.of().toHighHexDigit(plaintext[i]);
      hex[2 * i + 1] = (byte) HexFormat.of().toLowHexDigit(plaintext[i]);
    }
    return hex;
  }

  private static byte[] lowerCase(byte[] text) {
    byte[] lower = text.clone();
    for (int i = 0; i < lower.length; i++) {
      lower[i] = (byte) Character.toLowerCase(lower[i]);
    }
    return lower;
  }

  /** Base64 for URLs (RFC 4648, section 5) as that of section 4. */
  private static byte[] standardAlphabet(byte[] text) {
    byte[] standard = text.clone();
    for (int i = 0; i < standard.length; i++) {
      standard[i] = standard[i] == '-' ? (byte) '+' : standard[i] == '_' ? (byte) '/' : standard[i];
    }
    return standard;
  }

  /** Wipes {@code word}, which spells a secret. */
  private static boolean contains(byte[] text, byte[] word) {
    boolean found = false;
    for (int i = 0; i + word.length <= text.length; i++) {
      int difference = 0;
      for (int j = 0; j < word.length; j++) {
        difference |= text[i + j] ^ word[j];
      }
      found |= difference == 0;
    }
    Arrays.fill(word, (byte) 0);
    return found;
  }
}
