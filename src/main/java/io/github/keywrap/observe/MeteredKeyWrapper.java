package io.github.keywrap.observe;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.ForwardingKeyWrapper;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;

/** Counts what reaches the back end, probes and read-backs included. */
public final class MeteredKeyWrapper extends ForwardingKeyWrapper {
  private final KeyMetrics metrics;

  public MeteredKeyWrapper(KeyWrapper wrapper, KeyMetrics metrics) {
    super(wrapper);
    this.metrics = metrics;
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    try {
      WrappedKey wrapped = wrapper().wrap(plaintext, deadline);
      metrics.wrapped();
      return wrapped;
    } catch (KmsException failure) {
      metrics.failed("wrap", failure);
      throw failure;
    }
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    try {
      SecretBytes plaintext = wrapper().unwrap(wrapped, deadline);
      metrics.unwrapped();
      return plaintext;
    } catch (KmsException failure) {
      metrics.failed("unwrap", failure);
      throw failure;
    }
  }
}
