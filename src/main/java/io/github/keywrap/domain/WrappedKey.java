package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import org.jspecify.annotations.Nullable;

/** A ciphertext and the id of the key that made it. Holds no secret. Immutable. */
public final class WrappedKey {
  private final KeyId keyId;
  private final byte[] ciphertext;
  private final @Nullable Envelope parsed;

  public WrappedKey(KeyId keyId, byte[] ciphertext) {
    this(keyId, ciphertext, null);
  }

  private WrappedKey(KeyId keyId, byte[] ciphertext, @Nullable Envelope parsed) {
    this.keyId = keyId;
    this.ciphertext = ciphertext.clone();
    this.parsed = parsed;
  }

  /**
   * What {@link Envelope#parse} has read.
   *
   * @param ciphertext that it was read from
   */
  static WrappedKey parsed(Envelope envelope, byte[] ciphertext) {
    return new WrappedKey(envelope.keyId(), ciphertext, envelope);
  }

  public KeyId keyId() {
    return keyId;
  }

  public byte[] ciphertext() {
    return ciphertext.clone();
  }

  /**
   * The envelope that the ciphertext is.
   *
   * @throws InvalidCiphertext if it is none, or names another key id than the one it came with
   */
  public Envelope envelope() {
    return parsed == null ? Envelope.of(this) : parsed;
  }

  @Override
  public String toString() {
    return "WrappedKey[" + keyId + ", " + ciphertext.length + " bytes]";
  }
}
