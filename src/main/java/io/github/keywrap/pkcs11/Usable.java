package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;

/** A connection, and a ciphertext that it is known to open. */
record Usable<C extends Connection>(C connection, KnownGood knownGood) {
  /**
   * Decrypts. Where a refusal can also mean that the device is dead, the known ciphertext decides.
   *
   * @return the plaintext, the caller's to wipe
   * @throws InvalidCiphertext if the ciphertext is not authentic
   * @throws Pkcs11Exception if the token fails
   * @throws UnusableOutputException if the token does not open what it made
   */
  byte[] decrypt(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
    try {
      return connection.decrypt(associatedData, encrypted, deadline);
    } catch (InvalidCiphertext e) {
      if (knownGood.isProofOf(connection, deadline)) {
        throw e;
      }
      throw new UnusableOutputException("the token's MACs are not what they were");
    } catch (Pkcs11Exception e) {
      if (e.refusesCiphertext()
          || e.mayRefuseCiphertext() && knownGood.isProofOf(connection, deadline)) {
        throw InvalidCiphertext.notAuthentic();
      }
      throw e;
    }
  }
}
