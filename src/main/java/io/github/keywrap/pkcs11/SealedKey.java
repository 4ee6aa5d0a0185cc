package io.github.keywrap.pkcs11;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.keywrap.device.Encrypted;
import io.github.keywrap.domain.Algorithm;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * An SM4 key, encrypted with AES-GCM by a key of a token.
 *
 * <pre>
 *   4   magic 6b 77 73 01 ("kws", format 1)
 *   16  id of the sealed key, random
 *   1   algorithm that it is for: 4
 *   1   length n of the identity of the token's key, 1..128      n  identity, printable ASCII
 *   1   length m of the IV, 12..16                                m  IV
 *   32  ciphertext and tag, to the end
 * </pre>
 *
 * Everything before the length of the IV is associated data; the IV is authenticated by GCM itself.
 * Specified in {@code docs/ciphertext-format.md}.
 *
 * @param id random, 16 bytes
 * @param wrappingKey identity of the token's key: CKA_ID in hex, or what the settings say instead
 * @param encrypted the key
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SealedKey(byte[] id, String wrappingKey, Encrypted encrypted) {
  static final int ID_LENGTH = 16;
  static final int KEY_LENGTH = 16;

  private static final byte[] MAGIC = {0x6b, 0x77, 0x73, 0x01};
  private static final int TAG_LENGTH = 16;
  private static final int MAX_IDENTITY = 128;

  /** Longest PEM in bytes: some 600 with the longest identity. */
  static final int MAX_PEM = 65_536;

  private static final String PEM_TYPE = "KEYWRAP SEALED KEY";

  /** Some bytes or a text are not a sealed key. */
  static final class MalformedException extends Exception {
    MalformedException(String reason) {
      super(reason);
    }
  }

  /** Reads strictly: anything that is not exactly one well-formed sealed key is malformed. */
  static SealedKey decode(byte[] bytes) throws MalformedException {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      if (!Arrays.equals(take(in, MAGIC.length), MAGIC)) {
        throw new MalformedException("it does not begin with the magic bytes of a sealed key");
      }
      byte[] id = take(in, ID_LENGTH);
      if (in.get() != Algorithm.SM4_SEALED.number()) {
        throw new MalformedException("its algorithm is not known to this version");
      }
      byte[] identity = take(in, Byte.toUnsignedInt(in.get()));
      byte[] iv = take(in, Byte.toUnsignedInt(in.get()));
      byte[] ciphertext = take(in, in.remaining());
      if (!isIdentity(identity)
          || iv.length < 12
          || iv.length > 16
          || ciphertext.length != KEY_LENGTH + TAG_LENGTH) {
        throw new MalformedException("a part of it has an impossible length");
      }
      return new SealedKey(id, new String(identity, US_ASCII), new Encrypted(iv, ciphertext));
    } catch (BufferUnderflowException tooShort) {
      throw new MalformedException("it is too short");
    }
  }

  private static byte[] take(ByteBuffer in, int length) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] part = new byte[length];
    in.get(part);
    return part;
  }

  private static boolean isIdentity(byte[] bytes) {
    for (byte b : bytes) {
      if (b <= ' ' || b > '~') {
        return false;
      }
    }
    return bytes.length > 0 && bytes.length <= MAX_IDENTITY;
  }

  byte[] encode() {
    byte[] header = associatedData(id, wrappingKey);
    byte[] iv = encrypted.iv();
    return ByteBuffer.allocate(header.length + 1 + iv.length + encrypted.ciphertext().length)
        .put(header)
        .put((byte) iv.length)
        .put(iv)
        .put(encrypted.ciphertext())
        .array();
  }

  byte[] associatedData() {
    return associatedData(id, wrappingKey);
  }

  static byte[] associatedData(byte[] id, String wrappingKey) {
    byte[] identity = wrappingKey.getBytes(US_ASCII);
    return ByteBuffer.allocate(MAGIC.length + id.length + 2 + identity.length)
        .put(MAGIC)
        .put(id)
        .put((byte) Algorithm.SM4_SEALED.number())
        .put((byte) identity.length)
        .put(identity)
        .array();
  }

  /** The id in hex, which names the key in ciphertexts. */
  String identity() {
    return HexFormat.of().formatHex(id);
  }

  /** Reads PEM (RFC 7468): exactly one sealed key and nothing beside it. */
  static SealedKey fromPem(String text) throws MalformedException {
    try (PemReader reader = new PemReader(new StringReader(text))) {
      PemObject pem = reader.readPemObject();
      if (pem == null || !pem.getType().equals(PEM_TYPE)) {
        throw new MalformedException("it is not PEM of type " + PEM_TYPE);
      }
      return decode(pem.getContent());
    } catch (IOException | RuntimeException e) {
      throw new MalformedException("it is not PEM of type " + PEM_TYPE);
    }
  }

  /** As PEM (RFC 7468). */
  String toPem() {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(PEM_TYPE, encode()));
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return text.toString();
  }

  /** Without the ciphertext. */
  @Override
  public String toString() {
    return "SealedKey[" + identity() + " under " + wrappingKey + "]";
  }
}
