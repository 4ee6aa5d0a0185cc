package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;

/**
 * A token with a login that lasts, and the key found on it. Good until the token is lost: after
 * that the key is looked for again.
 *
 * <p>Each call throws {@link Pkcs11Exception} if the token fails or refuses a ciphertext, {@link
 * UnusableOutputException} if it returns what cannot be true, and {@code InvalidCiphertext} if a
 * ciphertext is certainly not authentic.
 */
interface Connection extends AutoCloseable {
  /** What tells the key from all others. */
  String identity();

  /** Encrypts with a new IV. */
  Encrypted encrypt(byte[] associatedData, byte[] plaintext, Deadline deadline);

  /** Decrypts; the plaintext is the caller's to wipe. */
  byte[] decrypt(byte[] associatedData, Encrypted encrypted, Deadline deadline);

  /** Decrypts, if that can be had in a session that has done nothing before. */
  byte[] decryptAfresh(byte[] associatedData, Encrypted encrypted, Deadline deadline);

  @Override
  void close();
}
