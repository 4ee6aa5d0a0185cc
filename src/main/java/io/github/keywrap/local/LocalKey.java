package io.github.keywrap.local;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.SecretBytes;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A KEK as it lies in a keystore: its random id (16 bytes, in hex), its algorithm, its bytes. The
 * holder closes it.
 */
record LocalKey(String id, Algorithm algorithm, SecretBytes secret) implements AutoCloseable {
  private static final int ID_LENGTH = 16;

  LocalKey {
    if (secret.length() != algorithm.keyLength()) {
      throw new IllegalArgumentException("a key for " + algorithm + " has another length");
    }
  }

  /** A new random key. */
  static LocalKey generate(Algorithm algorithm, SecureRandom random) {
    byte[] id = new byte[ID_LENGTH];
    random.nextBytes(id);
    byte[] secret = new byte[algorithm.keyLength()];
    random.nextBytes(secret);
    return new LocalKey(HexFormat.of().formatHex(id), algorithm, SecretBytes.owning(secret));
  }

  @Override
  public void close() {
    secret.close();
  }
}
