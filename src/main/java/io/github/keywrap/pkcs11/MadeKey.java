package io.github.keywrap.pkcs11;

/**
 * What {@code keygen} made or loaded.
 *
 * @param keyId CKA_ID in hex of the key on the token
 * @param sealedKey the sealed key in PEM, to be backed up; empty if there is none
 */
public record MadeKey(String keyId, String sealedKey) {}
