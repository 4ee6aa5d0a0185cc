package io.github.keywrap.domain;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * keywrap's own ciphertext: a header that names algorithm and key, then IV, ciphertext and tag.
 *
 * <pre>
 *   4  magic 6b 77 72 01 ("kwr", format 1)
 *   1  algorithm
 *   1  length n of the key id, 1..200      n  key id, printable ASCII
 *   1  length m of the IV, 12..16          m  IV
 *   …  ciphertext and tag, 17..4,159 bytes, to the end
 * </pre>
 *
 * The bytes before the length of the IV are authenticated as associated data, the IV by GCM itself.
 * Specified byte for byte, with test vectors, in {@code docs/ciphertext-format.md}.
 */
public final class Envelope {
  private static final byte[] MAGIC = {0x6b, 0x77, 0x72, 0x01};
  private static final int FIXED_LENGTH = MAGIC.length + 3;
  private static final int MIN_IV = 12;
  private static final int MAX_IV = 16;
  private static final int MIN_SEALED = 1 + 16;
  private static final int MAX_SEALED = KeyWrapper.MAX_PLAINTEXT + 64;

  private final Algorithm algorithm;
  private final KeyId keyId;
  private final byte[] iv;
  private final byte[] sealed;

  /**
   * @param iv 12 to 16 bytes
   * @param sealed ciphertext and tag, 17 to 4,159 bytes
   * @throws IllegalArgumentException if a length is outside of these
   */
  public Envelope(Algorithm algorithm, KeyId keyId, byte[] iv, byte[] sealed) {
    if (!isWithin(iv.length, MIN_IV, MAX_IV) || !isWithin(sealed.length, MIN_SEALED, MAX_SEALED)) {
      throw new IllegalArgumentException("IV or ciphertext has an impossible length");
    }
    this.algorithm = algorithm;
    this.keyId = keyId;
    this.iv = iv.clone();
    this.sealed = sealed.clone();
  }

  /** Whether some bytes are an envelope, and if not, why. */
  public sealed interface Parsed {
    /** An envelope. */
    record WellFormed(Envelope envelope) implements Parsed {}

    /**
     * Not an envelope.
     *
     * @param reason what is wrong, as the end of a sentence; holds no byte of the input
     */
    record Malformed(String reason) implements Parsed {}
  }

  /** Reads strictly: anything that is not exactly one well-formed envelope is malformed. */
  public static Parsed parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (!startsWithMagic(bytes)) {
      return new Parsed.Malformed("it does not begin with keywrap's magic bytes");
    }
    in.position(MAGIC.length);
    if (in.remaining() < 2) {
      return new Parsed.Malformed("it ends within the header");
    }
    int number = Byte.toUnsignedInt(in.get());
    Optional<Algorithm> algorithm = Algorithm.byNumber(number);
    if (algorithm.isEmpty()) {
      return new Parsed.Malformed("algorithm " + number + " is not known to this version");
    }
    Optional<byte[]> keyIdBytes = field(in);
    if (keyIdBytes.isEmpty()) {
      return new Parsed.Malformed("it ends within the key id");
    }
    Optional<KeyId> keyId = KeyId.parse(new String(keyIdBytes.get(), ISO_8859_1));
    if (keyId.isEmpty()) {
      return new Parsed.Malformed("its key id is not well-formed");
    }
    Optional<byte[]> iv = field(in);
    if (iv.isEmpty() || !isWithin(iv.get().length, MIN_IV, MAX_IV)) {
      return new Parsed.Malformed("it ends within the IV, or the IV is not 12 to 16 bytes long");
    }
    if (!isWithin(in.remaining(), MIN_SEALED, MAX_SEALED)) {
      return new Parsed.Malformed("its ciphertext is too short or too long");
    }
    byte[] sealed = new byte[in.remaining()];
    in.get(sealed);
    return new Parsed.WellFormed(new Envelope(algorithm.get(), keyId.get(), iv.get(), sealed));
  }

  /**
   * The envelope that a ciphertext is.
   *
   * @throws InvalidCiphertext if it is none, or names another key id than the one it came with
   */
  static Envelope of(WrappedKey wrapped) {
    Envelope envelope =
        switch (parse(wrapped.ciphertext())) {
          case Parsed.WellFormed(Envelope wellFormed) -> wellFormed;
          case Parsed.Malformed(String reason) ->
              throw new InvalidCiphertext("the ciphertext was not made by keywrap: " + reason);
        };
    if (!envelope.keyId.equals(wrapped.keyId())) {
      throw new InvalidCiphertext("the ciphertext names another key id than the request");
    }
    return envelope;
  }

  /** The associated data of an envelope: magic, algorithm, length of the key id, key id. */
  public static byte[] associatedData(Algorithm algorithm, KeyId keyId) {
    byte[] id = keyId.toString().getBytes(US_ASCII);
    return ByteBuffer.allocate(MAGIC.length + 2 + id.length)
        .put(MAGIC)
        .put((byte) algorithm.number())
        .put((byte) id.length)
        .put(id)
        .array();
  }

  public Algorithm algorithm() {
    return algorithm;
  }

  public KeyId keyId() {
    return keyId;
  }

  public byte[] iv() {
    return iv.clone();
  }

  /** Ciphertext and tag. */
  public byte[] sealed() {
    return sealed.clone();
  }

  public byte[] associatedData() {
    return associatedData(algorithm, keyId);
  }

  /** The bytes that {@link #parse} reads. */
  public byte[] encode() {
    byte[] header = associatedData();
    return ByteBuffer.allocate(header.length + 1 + iv.length + sealed.length)
        .put(header)
        .put((byte) iv.length)
        .put(iv)
        .put(sealed)
        .array();
  }

  /** Length in bytes of an envelope, from the lengths of its parts. */
  public static int length(KeyId keyId, int ivLength, int sealedLength) {
    return FIXED_LENGTH + keyId.toString().length() + ivLength + sealedLength;
  }

  private static boolean startsWithMagic(byte[] bytes) {
    return bytes.length >= MAGIC.length
        && ByteBuffer.wrap(bytes, 0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  private static Optional<byte[]> field(ByteBuffer in) {
    int length = in.hasRemaining() ? Byte.toUnsignedInt(in.get()) : 0;
    if (length == 0 || length > in.remaining()) {
      return Optional.empty();
    }
    byte[] field = new byte[length];
    in.get(field);
    return Optional.of(field);
  }

  private static boolean isWithin(int value, int least, int most) {
    return value >= least && value <= most;
  }

  @Override
  public String toString() {
    return "Envelope[" + algorithm + ", " + keyId + ", " + sealed.length + " bytes]";
  }
}
