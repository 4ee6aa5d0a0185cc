package io.github.keywrap.pkcs11;

import io.github.keywrap.settings.Pkcs11KeySettings;

/**
 * What {@code keygen} made or loaded.
 *
 * @param keyId CKA_ID in hex of the key on the token
 * @param sealedKey the sealed key in PEM, to be backed up; empty if there is none
 */
record MadeKey(String keyId, String sealedKey) {
  /** For people, with what to do now. */
  String describe(Pkcs11KeySettings settings) {
    String key =
        """
        the %s key is on token %s; in the settings of this key, write

            key-id: %s
        """
            .formatted(settings.algorithm(), settings.token().name(), keyId);
    String backup =
        "\nBack up the token as its vendor says: without the key, what it wraps is lost.";
    return sealedKey.isEmpty()
        ? key + backup
        : key
            + "\n"
            + sealedKey
            + backup
            + "\nKeep the sealed key above, too. It is no secret"
            + " without the token; \"keygen --restore FILE\" loads it.";
  }
}
