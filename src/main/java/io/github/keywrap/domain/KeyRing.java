package io.github.keywrap.domain;

import static java.util.stream.Collectors.joining;

import io.github.keywrap.domain.CiphertextForm.Bare;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.UnknownKey;
import java.util.List;
import java.util.Optional;

/**
 * The configured keys: the active one wraps, and a ciphertext is opened by the one key that it
 * names. Keys are never tried one after another. Immutable, and owns its keys.
 */
public final class KeyRing implements AutoCloseable {
  private static final int MAX_NAMED = 5;

  private final RingKey active;
  private final List<RingKey> keys;
  private final Optional<BareKey> bareKey;

  /** A ciphertext and the key that opens it. */
  public record Route(RingKey key, WrappedKey wrapped) {}

  /** Where bare ciphertexts go that come without a key id. */
  private record BareKey(RingKey key, KeyId keyId) {}

  /**
   * Makes a ring that owns these keys.
   *
   * @param active name of the one that wraps
   * @param bareKey name of the one that opens what is no envelope where the caller names no key, as
   *     in KMS v1; its ciphertexts are {@link Bare}
   * @throws IllegalArgumentException if there is no key of that name
   */
  public KeyRing(String active, List<RingKey> keys, Optional<String> bareKey) {
    this.keys = List.copyOf(keys);
    this.active = find(active);
    this.bareKey = bareKey.map(this::bare);
  }

  private RingKey find(String name) {
    return keys.stream()
        .filter(key -> key.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " is no key of the ring"));
  }

  private BareKey bare(String name) {
    RingKey key = find(name);
    if (key.form() instanceof Bare(KeyId keyId)) {
      return new BareKey(key, keyId);
    }
    throw new IllegalArgumentException(name + " makes no bare ciphertexts");
  }

  /** The key that wraps. */
  public RingKey active() {
    return active;
  }

  public List<RingKey> keys() {
    return keys;
  }

  /**
   * Finds the key that opens a ciphertext of a caller that does not say which key it was: by the
   * key id in it, or, if it is no envelope, the one key that such ciphertexts are of.
   *
   * @throws InvalidCiphertext if it is not a well-formed envelope, and no key makes others
   * @throws UnknownKey if no configured key opens it
   * @throws BackendUnavailable if none does, and the id of some is not known yet
   */
  public Route route(byte[] ciphertext) {
    return switch (Envelope.parse(ciphertext)) {
      case Envelope.Parsed.WellFormed(Envelope envelope) -> route(envelope, ciphertext);
      case Envelope.Parsed.Malformed(String reason) ->
          bareKey
              .map(bare -> new Route(bare.key(), new WrappedKey(bare.keyId(), ciphertext)))
              .orElseThrow(() -> notOurs(ciphertext, reason));
    };
  }

  /**
   * Finds the key that opens a ciphertext of a caller that says which key it was.
   *
   * @throws InvalidCiphertext also if {@code keyId} is not, byte for byte, the one in an envelope
   */
  public Route route(byte[] ciphertext, String keyId) {
    Optional<KeyId> claimed = KeyId.parse(keyId);
    Optional<Route> bare = claimed.flatMap(id -> bareRoute(ciphertext, id));
    if (bare.isPresent()) {
      return bare.get();
    }
    return switch (Envelope.parse(ciphertext)) {
      case Envelope.Parsed.WellFormed(Envelope envelope) -> {
        if (!envelope.keyId().toString().equals(keyId)) {
          throw new InvalidCiphertext(
              "key_id of the request is not the one that the ciphertext was made with, which is "
                  + envelope.keyId());
        }
        yield route(envelope, ciphertext);
      }
      case Envelope.Parsed.Malformed(String reason) -> {
        if (claimed.isEmpty()) {
          throw ofAnotherPlugin(ciphertext, keyId, reason);
        }
        if (keys.stream().noneMatch(key -> key.opens(claimed.get()))) {
          throw noneOpens(claimed.get());
        }
        throw notOurs(ciphertext, reason);
      }
    };
  }

  private Route route(Envelope envelope, byte[] ciphertext) {
    return new Route(keyThatOpens(envelope.keyId()), WrappedKey.parsed(envelope, ciphertext));
  }

  private Optional<Route> bareRoute(byte[] ciphertext, KeyId claimed) {
    return keys.stream()
        .filter(key -> key.form() instanceof Bare && key.opens(claimed))
        .findFirst()
        .map(key -> new Route(key, new WrappedKey(claimed, ciphertext)));
  }

  private static InvalidCiphertext notOurs(byte[] ciphertext, String reason) {
    return new InvalidCiphertext(
        "the ciphertext (%d bytes) was not made by keywrap: %s"
            .formatted(ciphertext.length, reason));
  }

  private static InvalidCiphertext ofAnotherPlugin(byte[] ciphertext, String keyId, String reason) {
    boolean isShown = keyId.length() <= KeyId.MAX_LENGTH && keyId.matches("[ -~]+");
    return new InvalidCiphertext(
        "its key_id (%s) is none of keywrap's: a plugin that had this provider's name before wrote"
                .formatted(isShown ? keyId : keyId.length() + " characters that are not shown")
            + " it; the ciphertext (%d bytes): %s".formatted(ciphertext.length, reason));
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
            "the ciphertext was made with key id %s, and no key in the settings has it: there %s %s;"
                    .formatted(keyId, keys.size() == 1 ? "is" : "are", names())
                + " put the key that made it beside the active one")
        : new BackendUnavailable(
            "the ciphertext was made with key id %s, and the key id of %s is not known yet"
                .formatted(keyId, String.join(", ", unseen)),
            null);
  }

  private String names() {
    String few =
        keys.stream()
            .limit(MAX_NAMED)
            .map(key -> key.name() + key.namedId().map(id -> " (" + id + ")").orElse(""))
            .collect(joining(", "));
    int more = keys.size() - MAX_NAMED;
    return more > 0 ? few + " and %d more".formatted(more) : few;
  }

  @Override
  public void close() {
    keys.forEach(RingKey::close);
  }
}
