package io.github.keywrap.software;

import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-GCM (NIST SP 800-38D) of the JDK, which uses the processor's own instructions. */
final class AesGcm implements Gcm {
  private final SecretKey key;

  AesGcm(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  @Override
  public byte[] seal(byte[] iv, byte[] associatedData, byte[] plaintext) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, iv, associatedData).doFinal(plaintext);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK's AES-GCM does not work", e);
    }
  }

  @Override
  public Optional<byte[]> open(byte[] iv, byte[] associatedData, byte[] sealed) {
    try {
      return Optional.of(cipher(Cipher.DECRYPT_MODE, iv, associatedData).doFinal(sealed));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK's AES-GCM does not work", e);
    }
  }

  private Cipher cipher(int mode, byte[] iv, byte[] associatedData)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_LENGTH * Byte.SIZE, iv));
    cipher.updateAAD(associatedData);
    return cipher;
  }
}
