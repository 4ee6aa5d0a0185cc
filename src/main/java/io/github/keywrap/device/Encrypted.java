package io.github.keywrap.device;

/**
 * What an encryption gave.
 *
 * @param iv that it used
 * @param ciphertext with the tag or MAC at its end
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Encrypted(byte[] iv, byte[] ciphertext) {}
