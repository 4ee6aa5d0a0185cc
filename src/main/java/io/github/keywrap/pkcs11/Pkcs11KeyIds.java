package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.settings.KeyAttributes;
import java.util.Optional;

/**
 * Key ids of {@code type: pkcs11}: identity and algorithm.
 *
 * @param knownIdentity what the settings say of the identity; empty: the key says it
 */
record Pkcs11KeyIds(Algorithm algorithm, int generation, String knownIdentity) {
  private static final String TYPE = "pkcs11";

  /** For a key of these attributes; an id that is too short for an identity is not one. */
  static Pkcs11KeyIds of(Algorithm algorithm, int generation, KeyAttributes key) {
    boolean idNames = key.id().length() >= 2 * KeyFinder.LEAST_ID;
    String known = key.identity().isEmpty() && idNames ? key.id() : key.identity();
    return new Pkcs11KeyIds(algorithm, generation, known);
  }

  KeyId of(String identity) {
    return KeyId.of(TYPE, identity + "-" + algorithm.label()).withGeneration(generation);
  }

  /** The key id, if the settings tell it. */
  Optional<KeyId> known() {
    return knownIdentity.isEmpty() ? Optional.empty() : Optional.of(of(knownIdentity));
  }
}
