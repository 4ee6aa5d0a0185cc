package io.github.keywrap.software;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.Envelope;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.UnknownKey;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * Wraps with a key in memory. Only computes: no call waits for anything.
 *
 * <p>GCM with random 96-bit IVs allows 2^32 wraps under one key, over all nodes (NIST SP 800-38D,
 * 8.3). Closing drops the key; the copies inside the cipher objects go with garbage collection.
 */
public final class SoftwareKeyWrapper implements KeyWrapper {
  private final KeyId keyId;
  private final Algorithm algorithm;
  private final SecureRandom random;
  private volatile Optional<Gcm> gcm;

  /**
   * Binds a key.
   *
   * @param key stays the caller's to close
   * @throws IllegalArgumentException if the algorithm is not GCM
   */
  public SoftwareKeyWrapper(
      KeyId keyId, Algorithm algorithm, SecretBytes key, SecureRandom random) {
    this.keyId = keyId;
    this.algorithm = algorithm;
    this.random = random;
    this.gcm = Optional.of(Gcm.of(algorithm, key.expose()));
  }

  @Override
  public Optional<KeyId> currentKeyId() {
    return Optional.of(keyId);
  }

  @Override
  public boolean opens(KeyId other) {
    return other.isSameKeyAs(keyId);
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    if (plaintext.length() == 0 || plaintext.length() > MAX_PLAINTEXT) {
      throw new IllegalArgumentException("the plaintext is empty or too long");
    }
    byte[] iv = new byte[Gcm.IV_LENGTH];
    random.nextBytes(iv);
    byte[] sealed = gcm().seal(iv, Envelope.associatedData(algorithm, keyId), plaintext.expose());
    return new WrappedKey(keyId, new Envelope(algorithm, keyId, iv, sealed).encode());
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    Envelope envelope = envelope(wrapped);
    if (envelope.iv().length != Gcm.IV_LENGTH) {
      throw new InvalidCiphertext("the ciphertext has an IV of another length than this key uses");
    }
    return gcm()
        .open(envelope.iv(), envelope.associatedData(), envelope.sealed())
        .map(SecretBytes::owning)
        .orElseThrow(InvalidCiphertext::notAuthentic);
  }

  private Envelope envelope(WrappedKey wrapped) {
    Envelope envelope = wrapped.envelope();
    if (!opens(envelope.keyId())) {
      throw new UnknownKey("the ciphertext was made with key id " + envelope.keyId());
    }
    if (envelope.algorithm() != algorithm) {
      throw new InvalidCiphertext(
          "the ciphertext says " + envelope.algorithm() + ", and the key is for " + algorithm);
    }
    return envelope;
  }

  private Gcm gcm() {
    return gcm.orElseThrow(() -> new BackendUnavailable("the key is closed", null));
  }

  @Override
  public KeyCondition condition() {
    return new KeyCondition.Sound();
  }

  @Override
  public void close() {
    gcm = Optional.empty();
  }
}
