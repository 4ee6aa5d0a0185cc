package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import java.util.function.Supplier;

/**
 * Fails calls at once while their operation of a remote back end is known to be away, instead of
 * letting each use up its time: probes, and one call in a second, look for its return. A call that
 * fails asks for a probe. Being throttled is no outage.
 */
public final class FailFastKeyWrapper extends ForwardingKeyWrapper {
  private final Breakers breakers;
  private final Runnable onFailure;

  /**
   * @param breakers of this key, for probes too
   * @param onFailure asks for a probe
   */
  public FailFastKeyWrapper(KeyWrapper wrapper, Breakers breakers, Runnable onFailure) {
    super(wrapper);
    this.breakers = breakers;
    this.onFailure = onFailure;
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    return call(Operation.WRAP, () -> wrapper().wrap(plaintext, deadline), deadline);
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    return call(Operation.UNWRAP, () -> wrapper().unwrap(wrapped, deadline), deadline);
  }

  private <T> T call(Operation operation, Supplier<T> call, Deadline deadline) {
    try {
      return breakers.of(operation).call(call, deadline);
    } catch (BackendUnavailable failure) {
      onFailure.run();
      throw failure;
    }
  }
}
