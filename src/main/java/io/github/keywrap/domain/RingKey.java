package io.github.keywrap.domain;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One configured key with all that is its own: wrapper, place where its calls run, probe. Owns
 * them: closing the ring closes them.
 */
public final class RingKey implements AutoCloseable {
  private final String name;
  private final CiphertextForm form;
  private final KeyWrapper wrapper;
  private final KeyWrapper verified;
  private final Bulkhead bulkhead;
  private final HealthMonitor monitor;

  /**
   * @param name in the settings
   * @param form of its ciphertexts
   * @param wrapper reads back as the settings say
   * @param verified the same key, reads back every wrap
   */
  public RingKey(
      String name,
      CiphertextForm form,
      KeyWrapper wrapper,
      KeyWrapper verified,
      Bulkhead bulkhead,
      HealthMonitor monitor) {
    this.name = name;
    this.form = form;
    this.wrapper = wrapper;
    this.verified = verified;
    this.bulkhead = bulkhead;
    this.monitor = monitor;
  }

  public String name() {
    return name;
  }

  CiphertextForm form() {
    return form;
  }

  /** Runs a call that wraps, in this key's own bulkhead; it may be made again if throttled. */
  public <T> CompletableFuture<T> wrap(Function<KeyWrapper, T> call, Deadline deadline) {
    return submit(Operation.WRAP, wrapper, call, deadline);
  }

  /** Like {@link #wrap}, with every wrap read back. */
  public <T> CompletableFuture<T> wrapVerified(Function<KeyWrapper, T> call, Deadline deadline) {
    return submit(Operation.WRAP, verified, call, deadline);
  }

  /** Runs a call that unwraps, in this key's own bulkhead; it may be made again if throttled. */
  public <T> CompletableFuture<T> unwrap(Function<KeyWrapper, T> call, Deadline deadline) {
    return submit(Operation.UNWRAP, wrapper, call, deadline);
  }

  private <T> CompletableFuture<T> submit(
      Operation operation, KeyWrapper key, Function<KeyWrapper, T> call, Deadline deadline) {
    KeyWrapper forThisCall = key.forOneCall();
    return bulkhead.submit(operation, () -> call.apply(forThisCall), deadline);
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
