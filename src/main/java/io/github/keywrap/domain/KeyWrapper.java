package io.github.keywrap.domain;

import java.util.Optional;

/**
 * Wraps small secrets under one KEK in one back end.
 *
 * <p>Guarantees: what {@link #wrap} returns, {@link #unwrap} opens, also in another process with
 * the same settings and after a restart; an altered ciphertext or key id never opens. Thread-safe.
 * Calls may block, at most until their deadline.
 */
public interface KeyWrapper extends AutoCloseable {
  /** Longest plaintext in bytes; the shortest is 1. */
  int MAX_PLAINTEXT = 4_095;

  /** Id of the key version that {@link #wrap} uses now, from memory; empty until it is known. */
  Optional<KeyId> currentKeyId();

  /** Whether {@code keyId} is any generation or version of this KEK. */
  boolean opens(KeyId keyId);

  /**
   * Wraps a secret.
   *
   * @param plaintext 1 to {@value #MAX_PLAINTEXT} bytes; stays the caller's to close
   * @throws KmsException if it cannot be done, of any kind but {@code InvalidCiphertext}
   * @throws IllegalArgumentException if the plaintext is empty or too long
   */
  WrappedKey wrap(SecretBytes plaintext, Deadline deadline);

  /**
   * Unwraps what {@link #wrap} returned.
   *
   * @return the plaintext, the caller's to close
   * @throws KmsException if it cannot be done; {@code InvalidCiphertext} for every ciphertext that
   *     {@link #wrap} did not return together with that key id
   */
  SecretBytes unwrap(WrappedKey wrapped, Deadline deadline);

  /**
   * Whether versions of the key come and go behind one key id, in the hands of a service: what was
   * wrapped earlier may then stop opening although the key works.
   */
  default boolean isVersioned() {
    return false;
  }

  /** What an operator should know beside whether calls work; from memory. */
  KeyCondition condition();

  /** Forgets the key; later calls fail with {@code BackendUnavailable}. May be called twice. */
  @Override
  void close();
}
