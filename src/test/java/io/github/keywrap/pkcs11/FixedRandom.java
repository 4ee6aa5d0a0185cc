package io.github.keywrap.pkcs11;

import java.security.SecureRandom;

/** Gives the IV of a test vector. */
final class FixedRandom extends SecureRandom {
  private static final long serialVersionUID = 1;

  private final byte[] bytes;

  FixedRandom(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  @Override
  public void nextBytes(byte[] to) {
    System.arraycopy(bytes, 0, to, 0, to.length);
  }
}
