package io.github.keywrap.pkcs11;

import io.github.keywrap.device.Connection;
import io.github.keywrap.device.Encrypted;
import io.github.keywrap.device.KeyOperations;
import io.github.keywrap.domain.Deadline;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * A connection over the JDK's provider, which has a pool of sessions of its own. A call cannot be
 * given a deadline: it is left behind when the caller's time is over.
 */
final class ProviderConnection implements Connection {
  private static final int IV_LENGTH = 12;
  private static final int TAG_BITS = 128;

  private final Provider provider;
  private final SecretKey key;
  private final String identity;
  private final SecureRandom random = new SecureRandom();

  ProviderConnection(Provider provider, SecretKey key, String identity) {
    this.provider = provider;
    this.key = key;
    this.identity = identity;
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public Encrypted encrypt(byte[] associatedData, byte[] plaintext, Deadline deadline) {
    byte[] iv = new byte[IV_LENGTH];
    random.nextBytes(iv);
    Cipher cipher = cipher(CryptokiFunction.C_EncryptInit, Cipher.ENCRYPT_MODE, iv, associatedData);
    return new Encrypted(iv, finish(CryptokiFunction.C_Encrypt, cipher, plaintext));
  }

  @Override
  public byte[] decrypt(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
    try {
      Cipher cipher =
          cipher(
              CryptokiFunction.C_DecryptInit, Cipher.DECRYPT_MODE, encrypted.iv(), associatedData);
      return finish(CryptokiFunction.C_Decrypt, cipher, encrypted.ciphertext());
    } catch (Pkcs11Exception e) {
      throw e.asAnswerToCiphertext();
    }
  }

  /** The provider gives no say in the session. */
  @Override
  public <T> T inNewSession(Deadline deadline, java.util.function.Function<KeyOperations, T> work) {
    return work.apply(this);
  }

  /** The sessions are the provider's, and no other connection has them. */
  @Override
  public void abandon() {}

  private Cipher cipher(CryptokiFunction function, int mode, byte[] iv, byte[] associatedData) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, iv));
      cipher.updateAAD(associatedData);
      return cipher;
    } catch (GeneralSecurityException | ProviderException | IllegalStateException e) {
      throw ProviderFailure.translate(function, e);
    }
  }

  private static byte[] finish(CryptokiFunction function, Cipher cipher, byte[] input) {
    try {
      return cipher.doFinal(input);
    } catch (GeneralSecurityException | ProviderException | IllegalStateException e) {
      throw ProviderFailure.translate(function, e);
    }
  }

  /**
   * Does not log out: the login is the process's, and other keys may use it. The provider lets go
   * of its sessions with garbage collection.
   */
  @Override
  public void close() {}
}
