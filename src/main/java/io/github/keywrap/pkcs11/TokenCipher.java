package io.github.keywrap.pkcs11;

import io.github.keywrap.device.Encrypted;
import io.github.keywrap.device.UnusableOutputException;
import io.github.keywrap.domain.Deadline;

/** Authenticated encryption by keys of a token, in a session that is lent for it. */
sealed interface TokenCipher permits GcmCipher, CbcHmacCipher {
  /**
   * Encrypts with a new IV.
   *
   * @throws Pkcs11Exception if the token fails
   * @throws UnusableOutputException if it returns what cannot be true
   */
  Encrypted encrypt(Session session, byte[] associatedData, byte[] plaintext, Deadline deadline);

  /**
   * Decrypts what is authentic.
   *
   * @return the plaintext, the caller's to wipe
   * @throws Pkcs11Exception if the token fails, or refuses the ciphertext
   * @throws io.github.keywrap.domain.KmsException.InvalidCiphertext if it is not authentic
   */
  byte[] decrypt(Session session, byte[] associatedData, Encrypted encrypted, Deadline deadline);
}
