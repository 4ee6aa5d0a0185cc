package io.github.keywrap.domain;

import java.util.Optional;
import java.util.function.Function;

/** A key wrapper whose every answer a test decides. Its ciphertext is the plaintext, reversed. */
public final class FakeKeyWrapper implements KeyWrapper {
  public static final KeyId KEY_ID = KeyId.of("fake", "0011");

  /** What wrap does; returns the ciphertext. */
  public volatile Function<byte[], byte[]> wrapping = FakeKeyWrapper::reversed;

  /** What unwrap does; returns the plaintext. */
  public volatile Function<byte[], byte[]> unwrapping = FakeKeyWrapper::reversed;

  public volatile KeyCondition condition = new KeyCondition.Sound();

  public volatile boolean isKnown = true;

  public volatile boolean isVersioned;

  /** What it says that its id is; its ciphertexts always have {@link #KEY_ID}. */
  public volatile KeyId keyId = KEY_ID;

  public volatile boolean closed;

  @Override
  public Optional<KeyId> currentKeyId() {
    return isKnown ? Optional.of(keyId) : Optional.empty();
  }

  @Override
  public boolean opens(KeyId candidate) {
    return isKnown && candidate.equals(keyId);
  }

  @Override
  public boolean isVersioned() {
    return isVersioned;
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    byte[] sealed = new byte[plaintext.length() + 16];
    byte[] ciphertext = wrapping.apply(plaintext.expose());
    System.arraycopy(ciphertext, 0, sealed, 16, ciphertext.length);
    return new WrappedKey(
        KEY_ID, new Envelope(Algorithm.AES_GCM, KEY_ID, new byte[12], sealed).encode());
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    byte[] all = wrapped.ciphertext();
    int start = Envelope.length(KEY_ID, 12, 16);
    byte[] ciphertext = java.util.Arrays.copyOfRange(all, start, all.length);
    return SecretBytes.owning(unwrapping.apply(ciphertext));
  }

  @Override
  public KeyCondition condition() {
    return condition;
  }

  @Override
  public void close() {
    closed = true;
  }

  public static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}
