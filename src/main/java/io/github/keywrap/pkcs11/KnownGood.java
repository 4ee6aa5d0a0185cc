package io.github.keywrap.pkcs11;

/**
 * A ciphertext of random bytes that the token made and opened. It tells bad data from a dead
 * device, and after a loss whether the key is still the same one.
 */
record KnownGood(GcmMechanism.Sealed sealed, byte[] plaintext) {
  /** Never the associated data of an envelope, which begins with its magic. */
  static final byte[] ASSOCIATED_DATA = {0};
}
