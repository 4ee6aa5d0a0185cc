package io.github.keywrap.software;

import io.github.keywrap.domain.Algorithm;
import java.util.Optional;

/** Galois/Counter Mode with a 16-byte tag over one block cipher and key. Thread-safe. */
public interface Gcm {
  /** Length of the IV in bytes. */
  int IV_LENGTH = 12;

  /** Length of the tag in bytes. */
  int TAG_LENGTH = 16;

  /** Ciphertext, then tag. The IV must be new for every call. */
  byte[] seal(byte[] iv, byte[] associatedData, byte[] plaintext);

  /** The plaintext; empty if anything is not authentic. */
  Optional<byte[]> open(byte[] iv, byte[] associatedData, byte[] sealed);

  /**
   * The mode of that algorithm over a key, which is copied.
   *
   * @throws IllegalArgumentException if the algorithm is not of this mode
   */
  static Gcm of(Algorithm algorithm, byte[] key) {
    return switch (algorithm) {
      case AES_GCM -> new AesGcm(key);
      case SM4_GCM, SM4_SEALED -> new Sm4Gcm(key);
      case AES_CBC_HMAC, SM4_CBC_HMAC, SM4_CBC_HMAC_SM3 ->
          throw new IllegalArgumentException(algorithm + " is computed by tokens only");
    };
  }
}
