package io.github.keywrap.domain;

import io.github.keywrap.domain.ReadBackKeyWrapper.OneWrap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One configured key with all that is its own: wrapper, place where its calls run, probe. Owns
 * them: closing the ring closes them.
 */
public final class RingKey implements AutoCloseable {
  private final String name;
  private final CiphertextForm form;
  private final ReadBackKeyWrapper wrapper;
  private final Bulkhead bulkhead;
  private final HealthMonitor monitor;

  /**
   * @param name in the settings
   * @param form of its ciphertexts
   * @param wrapper reads back as the settings say
   */
  public RingKey(
      String name,
      CiphertextForm form,
      ReadBackKeyWrapper wrapper,
      Bulkhead bulkhead,
      HealthMonitor monitor) {
    this.name = name;
    this.form = form;
    this.wrapper = wrapper;
    this.bulkhead = bulkhead;
    this.monitor = monitor;
  }

  public String name() {
    return name;
  }

  CiphertextForm form() {
    return form;
  }

  /**
   * Wraps a secret, in this key's own bulkhead. The future ends no later than the deadline, and
   * fails with {@link KmsException}.
   *
   * @param plaintext taken over, and wiped when the future ends
   */
  public CompletableFuture<WrappedKey> wrap(SecretBytes plaintext, Deadline deadline) {
    return wrap(wrapper.oneWrap(), plaintext, deadline);
  }

  /** Like {@link #wrap}, and rather fails than returns what was not read back. */
  public CompletableFuture<WrappedKey> wrapVerified(SecretBytes plaintext, Deadline deadline) {
    return wrap(wrapper.oneVerifiedWrap(), plaintext, deadline);
  }

  /** The back end may be at it after the future has ended: it has a copy of its own. */
  private CompletableFuture<WrappedKey> wrap(
      OneWrap one, SecretBytes plaintext, Deadline deadline) {
    CompletableFuture<WrappedKey> wrapped =
        bulkhead.submit(
            Operation.WRAP,
            () -> {
              try (SecretBytes copy = plaintext.copy()) {
                return one.make(copy, deadline, () -> bulkhead.takeTurn(Operation.UNWRAP));
              }
            },
            deadline);
    CompletableFuture<?> _ = wrapped.whenComplete((_, _) -> plaintext.close());
    return wrapped;
  }

  /**
   * Unwraps what this key has wrapped, in this key's own bulkhead. The future ends no later than
   * the deadline, and fails with {@link KmsException}.
   *
   * @return the plaintext, the caller's to close
   */
  public CompletableFuture<SecretBytes> unwrap(WrappedKey wrapped, Deadline deadline) {
    return bulkhead.submit(Operation.UNWRAP, () -> wrapper.unwrap(wrapped, deadline), deadline);
  }

  /** Whether a ciphertext with that key id is this key's. */
  public boolean opens(KeyId keyId) {
    return wrapper.opens(keyId);
  }

  /** The key's id, if it is known already. */
  public Optional<KeyId> currentKeyId() {
    return wrapper.currentKeyId();
  }

  /** What tells the key from others, without a version; empty until it is known. */
  Optional<KeyId> namedId() {
    return switch (form) {
      case CiphertextForm.Bare(KeyId keyId) -> Optional.of(keyId);
      case CiphertextForm.Enveloped() -> currentKeyId();
    };
  }

  /** Whether it can be told already which ciphertexts are the key's: bare ones say no version. */
  boolean isKnown() {
    return form instanceof CiphertextForm.Bare || currentKeyId().isPresent();
  }

  public HealthMonitor monitor() {
    return monitor;
  }

  @Override
  public void close() {
    monitor.close();
    bulkhead.close();
    wrapper.close();
  }

  @Override
  public String toString() {
    return "RingKey[" + name + "]";
  }
}
