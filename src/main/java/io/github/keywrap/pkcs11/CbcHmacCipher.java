package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.keywrap.device.DoubtfulCiphertextException;
import io.github.keywrap.device.Encrypted;
import io.github.keywrap.device.UnusableOutputException;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.settings.TokenProfile.Cbc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.paddings.PKCS7Padding;

/**
 * AES or SM4 in Cipher Block Chaining mode with PKCS#7 padding (RFC 5652, section 6.3), then an
 * HMAC (RFC 2104) over associated data, length of the IV, IV and ciphertext: encrypt-then-MAC, each
 * by the token with a key of its own. Nothing is decrypted before its MAC is good.
 *
 * @param macMechanism CKM number of an HMAC of 32 bytes
 */
record CbcHmacCipher(Cbc cbc, long key, long macMechanism, long macKey, SecureRandom random)
    implements TokenCipher {
  private static final int BLOCK_LENGTH = 16;
  private static final int MAC_LENGTH = 32;

  @Override
  public Encrypted encrypt(
      Session session, byte[] associatedData, byte[] plaintext, Deadline deadline) {
    byte[] iv = new byte[BLOCK_LENGTH];
    random.nextBytes(iv);
    byte[] padded = cbc.pads() ? plaintext.clone() : padded(plaintext);
    try {
      byte[] ciphertext = cbcEncrypt(session, iv, padded, deadline);
      if (ciphertext.length != (plaintext.length / BLOCK_LENGTH + 1) * BLOCK_LENGTH) {
        throw new UnusableOutputException("the token's ciphertext has an impossible length");
      }
      byte[] mac = mac(session, associatedData, iv, ciphertext, deadline);
      byte[] both = Arrays.copyOf(ciphertext, ciphertext.length + MAC_LENGTH);
      System.arraycopy(mac, 0, both, ciphertext.length, MAC_LENGTH);
      return new Encrypted(iv, both);
    } finally {
      Arrays.fill(padded, (byte) 0);
    }
  }

  @Override
  public byte[] decrypt(
      Session session, byte[] associatedData, Encrypted encrypted, Deadline deadline) {
    int length = encrypted.ciphertext().length - MAC_LENGTH;
    if (encrypted.iv().length != BLOCK_LENGTH
        || length < BLOCK_LENGTH
        || length % BLOCK_LENGTH != 0) {
      throw InvalidCiphertext.notAuthentic();
    }
    byte[] ciphertext = Arrays.copyOf(encrypted.ciphertext(), length);
    byte[] given = Arrays.copyOfRange(encrypted.ciphertext(), length, length + MAC_LENGTH);
    byte[] mac = mac(session, associatedData, encrypted.iv(), ciphertext, deadline);
    if (!MessageDigest.isEqual(mac, given)) {
      throw doubt();
    }
    try {
      byte[] plaintext = cbcDecrypt(session, encrypted.iv(), ciphertext, deadline);
      return cbc.pads() ? plaintext : unpadded(plaintext);
    } catch (Pkcs11Exception e) {
      throw e.asAnswerToCiphertext() == e ? e : doubt();
    }
  }

  /**
   * The one answer to a wrong MAC and to what follows a good one: they must not be told apart
   * (Vaudenay, 2002), and a token that fails gives any of them.
   */
  private static DoubtfulCiphertextException doubt() {
    return new DoubtfulCiphertextException("MAC or padding is wrong");
  }

  private byte[] cbcEncrypt(Session session, byte[] iv, byte[] plaintext, Deadline deadline) {
    return session.run(
        deadline,
        (library, arena, handle) -> {
          library.encryptInit(handle, cbcMechanism(arena, iv), key);
          MemorySegment in = arena.allocateFrom(JAVA_BYTE, plaintext);
          try {
            return OutputBuffer.of(
                arena,
                plaintext.length + BLOCK_LENGTH,
                (to, written) -> library.encrypt(handle, in, to, written));
          } finally {
            in.fill((byte) 0);
          }
        });
  }

  private byte[] cbcDecrypt(Session session, byte[] iv, byte[] ciphertext, Deadline deadline) {
    return session.run(
        deadline,
        (library, arena, handle) -> {
          library.decryptInit(handle, cbcMechanism(arena, iv), key);
          MemorySegment in = arena.allocateFrom(JAVA_BYTE, ciphertext);
          return OutputBuffer.of(
              arena, ciphertext.length, (to, written) -> library.decrypt(handle, in, to, written));
        });
  }

  private MemorySegment cbcMechanism(Arena arena, byte[] iv) {
    return Layouts.mechanism(arena, cbc.mechanism(), arena.allocateFrom(JAVA_BYTE, iv));
  }

  private byte[] mac(
      Session session, byte[] associatedData, byte[] iv, byte[] ciphertext, Deadline deadline) {
    byte[] input =
        ByteBuffer.allocate(associatedData.length + 1 + iv.length + ciphertext.length)
            .put(associatedData)
            .put((byte) iv.length)
            .put(iv)
            .put(ciphertext)
            .array();
    byte[] mac =
        session.run(
            deadline,
            (library, arena, handle) -> {
              library.signInit(
                  handle, Layouts.mechanism(arena, macMechanism, MemorySegment.NULL), macKey);
              MemorySegment in = arena.allocateFrom(JAVA_BYTE, input);
              return OutputBuffer.of(
                  arena, MAC_LENGTH, (to, written) -> library.sign(handle, in, to, written));
            });
    if (mac.length != MAC_LENGTH) {
      throw new UnusableOutputException("the token's MAC is not 32 bytes long");
    }
    return mac;
  }

  private static byte[] padded(byte[] plaintext) {
    int length = (plaintext.length / BLOCK_LENGTH + 1) * BLOCK_LENGTH;
    byte[] padded = Arrays.copyOf(plaintext, length);
    int _ = new PKCS7Padding().addPadding(padded, plaintext.length);
    return padded;
  }

  private static byte[] unpadded(byte[] padded) {
    try {
      if (padded.length < BLOCK_LENGTH) {
        throw doubt();
      }
      byte[] lastBlock = Arrays.copyOfRange(padded, padded.length - BLOCK_LENGTH, padded.length);
      int count = new PKCS7Padding().padCount(lastBlock);
      Arrays.fill(lastBlock, (byte) 0);
      return Arrays.copyOf(padded, padded.length - count);
    } catch (InvalidCipherTextException e) {
      throw doubt();
    } finally {
      Arrays.fill(padded, (byte) 0);
    }
  }
}
