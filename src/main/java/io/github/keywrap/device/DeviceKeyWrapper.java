package io.github.keywrap.device;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.Envelope;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.UnknownKey;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import java.util.Optional;

/**
 * Wraps with a key that never leaves its token. The token may go away and come back at any time:
 * calls fail with {@code BackendUnavailable} meanwhile, and nobody has to restart anything.
 */
public final class DeviceKeyWrapper implements KeyWrapper {
  private final Algorithm algorithm;
  private final DeviceKeyIds keyIds;
  private final DeviceLink<? extends Connection> link;

  public DeviceKeyWrapper(
      Algorithm algorithm, DeviceKeyIds keyIds, DeviceLink<? extends Connection> link) {
    this.algorithm = algorithm;
    this.keyIds = keyIds;
    this.link = link;
  }

  /** Known from the settings where they name its identity; otherwise once the key is seen. */
  @Override
  public Optional<KeyId> currentKeyId() {
    return link.identity().map(keyIds::of).or(keyIds::known);
  }

  @Override
  public boolean opens(KeyId other) {
    return currentKeyId().filter(other::isSameKeyAs).isPresent();
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    if (plaintext.length() == 0 || plaintext.length() > MAX_PLAINTEXT) {
      throw new IllegalArgumentException("the plaintext is empty or too long");
    }
    return link.call(
        deadline,
        usable -> {
          KeyId keyId = keyIds.of(usable.connection().identity());
          Encrypted encrypted =
              usable.encrypt(
                  Envelope.associatedData(algorithm, keyId), plaintext.expose(), deadline);
          return new WrappedKey(keyId, envelope(keyId, encrypted));
        });
  }

  private byte[] envelope(KeyId keyId, Encrypted encrypted) {
    try {
      return new Envelope(algorithm, keyId, encrypted.iv(), encrypted.ciphertext()).encode();
    } catch (IllegalArgumentException impossible) {
      throw new UnusableOutputException("the token returned a ciphertext of impossible length");
    }
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    Envelope envelope = envelope(wrapped);
    return link.call(
        deadline,
        usable -> {
          if (!opens(envelope.keyId())) {
            throw new UnknownKey("the ciphertext was made with key id " + envelope.keyId());
          }
          return SecretBytes.owning(
              usable.decrypt(
                  envelope.associatedData(),
                  new Encrypted(envelope.iv(), envelope.sealed()),
                  deadline));
        });
  }

  private Envelope envelope(WrappedKey wrapped) {
    Envelope envelope = wrapped.envelope();
    if (envelope.algorithm() != algorithm) {
      throw new InvalidCiphertext(
          "the ciphertext says %s, and the key is for %s"
              .formatted(envelope.algorithm(), algorithm));
    }
    return envelope;
  }

  @Override
  public KeyCondition condition() {
    return link.condition();
  }

  @Override
  public void close() {
    link.close();
  }
}
