package io.github.keywrap.domain;

/** A ciphertext and the id of the key that made it. Holds no secret. Immutable. */
public final class WrappedKey {
  private final KeyId keyId;
  private final byte[] ciphertext;

  public WrappedKey(KeyId keyId, byte[] ciphertext) {
    this.keyId = keyId;
    this.ciphertext = ciphertext.clone();
  }

  public KeyId keyId() {
    return keyId;
  }

  public byte[] ciphertext() {
    return ciphertext.clone();
  }

  @Override
  public String toString() {
    return "WrappedKey[" + keyId + ", " + ciphertext.length + " bytes]";
  }
}
