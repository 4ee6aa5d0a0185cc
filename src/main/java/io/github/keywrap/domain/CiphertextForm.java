package io.github.keywrap.domain;

/** Whether a key's ciphertexts say themselves which key made them. */
public sealed interface CiphertextForm {
  /** Each is an {@link Envelope}, which names its key. */
  record Enveloped() implements CiphertextForm {}

  /**
   * Each is what the back end returned and nothing else: only the back end can tell whose it is.
   *
   * @param keyId of the key, whatever its version: what such a ciphertext is taken for where the
   *     caller names no key
   */
  record Bare(KeyId keyId) implements CiphertextForm {}

  /** Whether it can be said of a key id, before the key is open, that it is this key's. */
  default boolean names(KeyId candidate) {
    return switch (this) {
      case Enveloped() -> false;
      case Bare(KeyId keyId) ->
          candidate.type().equals(keyId.type()) && candidate.identity().equals(keyId.identity());
    };
  }
}
