package io.github.keywrap.software;

import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/** SM4-GCM (GB/T 32907-2016, RFC 8998) of BouncyCastle; the JDK has no SM4. */
final class Sm4Gcm implements Gcm {
  private static final int TAG_BITS = TAG_LENGTH * Byte.SIZE;

  private final KeyParameter key;

  /**
   * Ciphers that have expanded the key and made GHASH's table for it, which costs more than a wrap.
   * As many as there have been calls at once.
   */
  private final Queue<GCMModeCipher> idle = new ConcurrentLinkedQueue<>();

  Sm4Gcm(byte[] key) {
    this.key = new KeyParameter(key);
  }

  @Override
  public byte[] seal(byte[] iv, byte[] associatedData, byte[] plaintext) {
    try {
      return process(true, iv, associatedData, plaintext);
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("BouncyCastle's SM4-GCM does not work", e);
    }
  }

  @Override
  public Optional<byte[]> open(byte[] iv, byte[] associatedData, byte[] sealed) {
    try {
      return Optional.of(process(false, iv, associatedData, sealed));
    } catch (InvalidCipherTextException e) {
      return Optional.empty();
    }
  }

  private byte[] process(boolean seal, byte[] iv, byte[] associatedData, byte[] input)
      throws InvalidCipherTextException {
    GCMModeCipher cipher = initialized(seal, iv, associatedData);
    byte[] output = new byte[cipher.getOutputSize(input.length)];
    int length = cipher.processBytes(input, 0, input.length, output, 0);
    try {
      length += cipher.doFinal(output, length);
    } catch (InvalidCipherTextException unauthentic) {
      Arrays.fill(output, (byte) 0);
      throw unauthentic;
    }
    idle.add(cipher);
    return length == output.length ? output : Arrays.copyOf(output, length);
  }

  private GCMModeCipher initialized(boolean seal, byte[] iv, byte[] associatedData) {
    GCMModeCipher cipher = idle.poll();
    if (cipher == null) {
      GCMModeCipher fresh = GCMBlockCipher.newInstance(new SM4Engine());
      fresh.init(seal, new AEADParameters(key, TAG_BITS, iv, associatedData));
      return fresh;
    }
    // No key: the one that it has.
    cipher.init(seal, new AEADParameters(null, TAG_BITS, iv, associatedData));
    return cipher;
  }
}
