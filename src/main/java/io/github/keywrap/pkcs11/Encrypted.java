package io.github.keywrap.pkcs11;

/**
 * What an encryption gave.
 *
 * @param iv that it used
 * @param ciphertext with the tag or MAC at its end
 */
record Encrypted(byte[] iv, byte[] ciphertext) {}
