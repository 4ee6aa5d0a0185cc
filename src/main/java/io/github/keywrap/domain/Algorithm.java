package io.github.keywrap.domain;

import java.util.Arrays;
import java.util.Optional;

/**
 * How a plaintext is protected inside an {@link Envelope}. The number is written to etcd and is
 * never given to another algorithm; see {@code docs/ciphertext-format.md}.
 */
public enum Algorithm {
  /** AES-256 in Galois/Counter Mode, 16-byte tag (NIST SP 800-38D). */
  AES_GCM(1, "aes-gcm", 32),
  /** SM4 (GB/T 32907-2016) in Galois/Counter Mode, 16-byte tag (RFC 8998). */
  SM4_GCM(2, "sm4-gcm", 16),
  /**
   * SM4 in Cipher Block Chaining mode with PKCS#7 padding (RFC 5652, 6.3), then HMAC-SHA-256 (RFC
   * 2104), 32 bytes, with a key of its own.
   */
  SM4_CBC_HMAC(3, "sm4-cbc-hmac", 16),
  /** As {@link #SM4_GCM}, under a key that exists in memory only and is sealed by a token. */
  SM4_SEALED(4, "sm4-sealed", 16),
  /** As {@link #SM4_CBC_HMAC} with HMAC-SM3 (GB/T 32905-2016). */
  SM4_CBC_HMAC_SM3(5, "sm4-cbc-hmac-sm3", 16),
  /**
   * AES in Cipher Block Chaining mode (NIST SP 800-38A) with PKCS#7 padding, then HMAC-SHA-256, 32
   * bytes, with a key of its own.
   */
  AES_CBC_HMAC(6, "aes-cbc-hmac", 32);

  private final int number;
  private final String label;
  private final int keyLength;

  Algorithm(int number, String label, int keyLength) {
    this.number = number;
    this.label = label;
    this.keyLength = keyLength;
  }

  /** The byte that stands for this algorithm in an envelope. */
  public int number() {
    return number;
  }

  /** The name used in settings and in output, for example {@code aes-gcm}. */
  public String label() {
    return label;
  }

  /** Length of the key in bytes. */
  public int keyLength() {
    return keyLength;
  }

  /** The algorithm with that envelope number, if this version knows it. */
  public static Optional<Algorithm> byNumber(int number) {
    return Arrays.stream(values()).filter(algorithm -> algorithm.number == number).findFirst();
  }

  @Override
  public String toString() {
    return label;
  }
}
