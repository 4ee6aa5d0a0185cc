package io.github.keywrap.device;

/**
 * What an encryption gave.
 *
 * @param iv that it used
 * @param ciphertext with the tag or MAC at its end
 */
public record Encrypted(byte[] iv, byte[] ciphertext) {}
