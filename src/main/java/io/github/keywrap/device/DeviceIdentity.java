package io.github.keywrap.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What tells a token from others, whatever slot it is in. Serial numbers alone do not: each of
 * NSS's is 0000000000000000, and each soft token's of openCryptoki 123.
 *
 * @param library the file itself
 */
public record DeviceIdentity(Path library, String serial, String label) {
  private static final int NAME_LENGTH = 32;

  /** A name for files. */
  String fileName() {
    return fileName(library + "\n" + serial + "\n" + label);
  }

  /** A name for files, of 32 letters and digits, made from a text that is no secret. */
  static String fileName(String text) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, NAME_LENGTH);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public String toString() {
    return "\"%s\" (serial %s)".formatted(label, serial);
  }
}
