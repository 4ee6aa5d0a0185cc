package io.github.keywrap.domain;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Finds a plaintext in what is said to be its ciphertext: as it is, or in base64 or hexadecimal,
 * and those in either again, with line breaks in them or anything around them, as something that
 * returns what it was sent may have it. How long a search takes depends on the lengths and on the
 * ciphertext, never on the plaintext.
 */
final class PlaintextScan {
  /** Fewer bytes may be there by chance, and are no key. */
  private static final int MIN = 16;

  /** So few different bytes, as in a run of zeros, may be part of a format. */
  private static final int MIN_DIFFERENT = 5;

  /** JSON, a gateway and a script may each encode bytes, and each more than once. */
  private static final int MAX_LAYERS = 6;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, BIG_ENDIAN);

  private PlaintextScan() {}

  /** Whether the ciphertext shows the plaintext, or cannot hold it: it is not longer. */
  static boolean shows(byte[] ciphertext, byte[] plaintext) {
    if (ciphertext.length <= plaintext.length) {
      return true;
    }
    if (plaintext.length < MIN || isMonotonous(plaintext)) {
      return false;
    }
    return isIn(ciphertext, plaintext, MAX_LAYERS);
  }

  private static boolean isMonotonous(byte[] plaintext) {
    boolean[] seen = new boolean[256];
    int different = 0;
    for (byte b : plaintext) {
      different += seen[b & 0xff] ? 0 : 1;
      seen[b & 0xff] = true;
    }
    Arrays.fill(seen, false);
    return different < MIN_DIFFERENT;
  }

  private static boolean isIn(byte[] text, byte[] plaintext, int layers) {
    if (holds(text, plaintext)) {
      return true;
    }
    // Only text can spell it: a ciphertext hardly ever has so many letters in a row.
    if (TextRuns.longest(text) < MIN * 4 / 3) {
      return false;
    }
    return spells(TextRuns.joined(text), plaintext) || isInWords(text, plaintext, layers);
  }

  /** The first half of a key in the clear is as bad as all of it: 16 bytes are looked for. */
  private static boolean holds(byte[] ciphertext, byte[] plaintext) {
    long first = (long) LONGS.get(plaintext, 0);
    long second = (long) LONGS.get(plaintext, Long.BYTES);
    boolean found = false;
    for (int i = 0; i + MIN <= ciphertext.length; i++) {
      long difference =
          ((long) LONGS.get(ciphertext, i) ^ first)
              | ((long) LONGS.get(ciphertext, i + Long.BYTES) ^ second);
      found |= difference == 0;
    }
    return found;
  }

  /** Each word of the text may be the encoding of what shows it. */
  private static boolean isInWords(byte[] text, byte[] plaintext, int layers) {
    if (layers == 0) {
      return false;
    }
    boolean found = false;
    for (byte[] decoded : TextRuns.decodedWords(text, MIN)) {
      found |= isIn(decoded, plaintext, layers - 1);
      Arrays.fill(decoded, (byte) 0);
    }
    return found;
  }

  /** Wherever it begins, also within a word. */
  private static boolean spells(byte[] text, byte[] plaintext) {
    boolean found = contains(lowerCase(text), hex(plaintext));
    byte[] standard = TextRuns.standardAlphabet(text);
    int quanta = (plaintext.length - 2) / 3;
    for (int start = 0; start < 3; start++) {
      byte[] part = Arrays.copyOfRange(plaintext, start, start + quanta * 3);
      found |= contains(standard, Base64.getEncoder().encode(part));
      Arrays.fill(part, (byte) 0);
    }
    return found;
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
