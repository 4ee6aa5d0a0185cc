package io.github.keywrap.device;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A ciphertext of random bytes that the token made and opened. It tells bad data from a token that
 * fails, and whether a handle still means the key that it meant.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record KnownCiphertext(Encrypted encrypted, byte[] plaintext) {
  /** Never the associated data of an envelope, which begins with its magic. */
  private static final byte[] ASSOCIATED_DATA = {0};

  private static final int LENGTH = 32;

  /**
   * Encrypts in one session what it then decrypts in a new one, if the token has two.
   *
   * @throws UnusableOutputException if it does not come back
   * @throws DeviceException if the token fails
   */
  static KnownCiphertext prove(Connection connection, Deadline deadline) {
    byte[] plaintext = new byte[LENGTH];
    new SecureRandom().nextBytes(plaintext);
    KnownCiphertext knownGood =
        new KnownCiphertext(connection.encrypt(ASSOCIATED_DATA, plaintext, deadline), plaintext);
    boolean opens = connection.inNewSession(deadline, key -> knownGood.opensWith(key, deadline));
    if (!opens) {
      throw new UnusableOutputException(
          "the token does not decrypt what it has just encrypted; see gcm-iv and gcm-params");
    }
    return knownGood;
  }

  /**
   * Requires that the key opens it.
   *
   * @throws UnusableOutputException if it does not
   * @throws DeviceException if the token fails
   */
  void requireOpensWith(KeyOperations key, Deadline deadline) {
    if (!opensWith(key, deadline)) {
      throw new UnusableOutputException("the token does not open what it opened before");
    }
  }

  private boolean opensWith(KeyOperations key, Deadline deadline) {
    try {
      return isSame(key.decrypt(ASSOCIATED_DATA, encrypted, deadline));
    } catch (InvalidCiphertext | DoubtfulCiphertextException refused) {
      return false;
    }
  }

  /**
   * Whether it is of the key of another connection.
   *
   * @throws io.github.keywrap.domain.KmsException.BackendUnavailable if that cannot be told now
   * @throws DeviceException if the token fails
   */
  boolean isOf(ProvenConnection<?> other, Deadline deadline) {
    try {
      return isSame(other.decryptOwn(ASSOCIATED_DATA, encrypted, deadline));
    } catch (InvalidCiphertext refused) {
      return false;
    }
  }

  private boolean isSame(byte[] opened) {
    boolean isSame = MessageDigest.isEqual(opened, plaintext);
    Arrays.fill(opened, (byte) 0);
    return isSame;
  }
}
