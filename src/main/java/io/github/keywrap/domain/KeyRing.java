package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.UnknownKey;
import java.util.List;

/**
 * The configured keys: the active one wraps, and a ciphertext is opened by the one key that it
 * names. Keys are never tried one after another. Immutable, and owns its keys.
 */
public final class KeyRing implements AutoCloseable {
  private final RingKey active;
  private final List<RingKey> keys;

  /** A ciphertext and the key that opens it. */
  public record Route(RingKey key, WrappedKey wrapped) {}

  /**
   * Makes a ring that owns these keys.
   *
   * @param active name of the one that wraps
   * @throws IllegalArgumentException if there is no key of that name
   */
  public KeyRing(String active, List<RingKey> keys) {
    this.keys = List.copyOf(keys);
    this.active =
        keys.stream()
            .filter(key -> key.name().equals(active))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("the active key is not in the ring"));
  }

  /** The key that wraps. */
  public RingKey active() {
    return active;
  }

  public List<RingKey> keys() {
    return keys;
  }

  /**
   * Finds the key that opens a ciphertext, by the key id in it.
   *
   * @throws InvalidCiphertext if it is not a well-formed envelope
   * @throws UnknownKey if no configured key opens it
   * @throws BackendUnavailable if none does, and the id of some is not known yet
   */
  public Route route(byte[] ciphertext) {
    return switch (Envelope.parse(ciphertext)) {
      case Envelope.Parsed.WellFormed(Envelope envelope) ->
          new Route(keyThatOpens(envelope.keyId()), new WrappedKey(envelope.keyId(), ciphertext));
      case Envelope.Parsed.Malformed(String reason) ->
          throw new InvalidCiphertext(
              "the ciphertext (%d bytes) was not made by keywrap: %s"
                  .formatted(ciphertext.length, reason));
    };
  }

  /**
   * Like {@link #route(byte[])}, for a caller that also says which key it was.
   *
   * @throws InvalidCiphertext also if {@code keyId} is not, byte for byte, the one in the
   *     ciphertext
   */
  public Route route(byte[] ciphertext, String keyId) {
    Route route = route(ciphertext);
    if (!route.wrapped().keyId().toString().equals(keyId)) {
      throw new InvalidCiphertext(
          "key_id of the request is not the one that the ciphertext was made with, which is "
              + route.wrapped().keyId());
    }
    return route;
  }

  private RingKey keyThatOpens(KeyId keyId) {
    return keys.stream()
        .filter(key -> key.opens(keyId))
        .findFirst()
        .orElseThrow(() -> noneOpens(keyId));
  }

  /** A key that was not seen yet may be the one: then nobody may say that there is none. */
  private KmsException noneOpens(KeyId keyId) {
    List<String> unseen = keys.stream().filter(key -> !key.isKnown()).map(RingKey::name).toList();
    return unseen.isEmpty()
        ? new UnknownKey(
            "the ciphertext was made with key id %s, and no key in the settings has it"
                .formatted(keyId))
        : new BackendUnavailable(
            "the ciphertext was made with key id %s, and the key id of %s is not known yet"
                .formatted(keyId, String.join(", ", unseen)),
            null);
  }

  @Override
  public void close() {
    keys.forEach(RingKey::close);
  }
}
