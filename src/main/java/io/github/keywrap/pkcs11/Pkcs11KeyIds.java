package io.github.keywrap.pkcs11;

import io.github.keywrap.device.DeviceKeyIds;
import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.settings.KeyAttributes;

/** Key ids of {@code type: pkcs11}. */
final class Pkcs11KeyIds {
  private static final String TYPE = "pkcs11";

  private Pkcs11KeyIds() {}

  /** For a key of these attributes; an id that is too short for an identity is not one. */
  static DeviceKeyIds of(Algorithm algorithm, int generation, KeyAttributes key) {
    boolean idNames = key.id().length() >= 2 * KeyFinder.MIN_ID;
    return of(
        algorithm, generation, key.identity().isEmpty() && idNames ? key.id() : key.identity());
  }

  /**
   * @param identity empty: the key says it
   */
  static DeviceKeyIds of(Algorithm algorithm, int generation, String identity) {
    return new DeviceKeyIds(TYPE, algorithm, generation, identity);
  }
}
