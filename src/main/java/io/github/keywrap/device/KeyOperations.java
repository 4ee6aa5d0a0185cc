package io.github.keywrap.device;

import io.github.keywrap.domain.Deadline;

/**
 * What a key on a token does.
 *
 * <p>Each call throws {@link DeviceException} if the token fails, {@link UnusableOutputException}
 * if it returns what cannot be true, and {@code BackendUnavailable} if the deadline passes first.
 */
public interface KeyOperations {
  /** Encrypts with a new IV. */
  Encrypted encrypt(byte[] associatedData, byte[] plaintext, Deadline deadline);

  /**
   * Decrypts; the plaintext is the caller's to wipe.
   *
   * @throws io.github.keywrap.domain.KmsException.InvalidCiphertext if the ciphertext is certainly
   *     not authentic
   * @throws DoubtfulCiphertextException if either it is not, or the token fails
   */
  byte[] decrypt(byte[] associatedData, Encrypted encrypted, Deadline deadline);
}
