package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import java.security.MessageDigest;
import java.security.SecureRandom;

/**
 * A ciphertext of random bytes that the token made and opened. It tells bad data from a dead
 * device, and after a loss whether the key is still the same one.
 */
record KnownGood(Encrypted encrypted, byte[] plaintext) {
  /** Never the associated data of an envelope, which begins with its magic. */
  private static final byte[] ASSOCIATED_DATA = {0};

  private static final int LENGTH = 32;

  /**
   * Encrypts in one session what it then decrypts in a new one.
   *
   * @throws UnusableOutputException if it does not come back
   * @throws Pkcs11Exception if the token fails
   */
  static KnownGood prove(Connection connection, Deadline deadline) {
    byte[] plaintext = new byte[LENGTH];
    new SecureRandom().nextBytes(plaintext);
    KnownGood knownGood =
        new KnownGood(connection.encrypt(ASSOCIATED_DATA, plaintext, deadline), plaintext);
    if (!knownGood.opensWith(connection, deadline)) {
      throw new UnusableOutputException(
          "the token does not decrypt what it has just encrypted; see gcm-iv and gcm-params");
    }
    return knownGood;
  }

  /**
   * Whether a new session decrypts it.
   *
   * @throws Pkcs11Exception if the token fails otherwise
   */
  boolean opensWith(Connection connection, Deadline deadline) {
    try {
      byte[] opened = connection.decryptAfresh(ASSOCIATED_DATA, encrypted, deadline);
      return MessageDigest.isEqual(opened, plaintext);
    } catch (InvalidCiphertext refused) {
      return false;
    } catch (Pkcs11Exception e) {
      if (e.refusesCiphertext() || e.mayRefuseCiphertext()) {
        return false;
      }
      throw e;
    }
  }

  /** Whether the token still does its work, after an answer that can mean two things. */
  boolean isProofOf(Connection connection, Deadline deadline) {
    try {
      return opensWith(connection, deadline);
    } catch (Pkcs11Exception | UnusableOutputException | KmsException notSound) {
      return false;
    }
  }
}
