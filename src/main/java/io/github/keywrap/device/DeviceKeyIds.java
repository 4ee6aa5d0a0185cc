package io.github.keywrap.device;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.KeyId;
import java.util.Optional;

/**
 * Key ids of one type of device: identity and algorithm.
 *
 * @param type of the key in the settings, with which its ids begin
 * @param knownIdentity what the settings say of the identity; empty: the key says it
 */
public record DeviceKeyIds(String type, Algorithm algorithm, int generation, String knownIdentity) {
  public KeyId of(String identity) {
    return KeyId.of(type, identity + "-" + algorithm.label()).withGeneration(generation);
  }

  /** The key id, if the settings tell it. */
  public Optional<KeyId> known() {
    return knownIdentity.isEmpty() ? Optional.empty() : Optional.of(of(knownIdentity));
  }
}
