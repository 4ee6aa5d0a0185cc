package io.github.keywrap.observe;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import java.util.Optional;

/** Counts what reaches the back end, probes and read-backs included. */
public final class MeteredKeyWrapper implements KeyWrapper {
  private final KeyWrapper wrapper;
  private final KeyMetrics metrics;

  public MeteredKeyWrapper(KeyWrapper wrapper, KeyMetrics metrics) {
    this.wrapper = wrapper;
    this.metrics = metrics;
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    try {
      WrappedKey wrapped = wrapper.wrap(plaintext, deadline);
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
      SecretBytes plaintext = wrapper.unwrap(wrapped, deadline);
      metrics.unwrapped();
      return plaintext;
    } catch (KmsException failure) {
      metrics.failed("unwrap", failure);
      throw failure;
    }
  }

  @Override
  public Optional<KeyId> currentKeyId() {
    return wrapper.currentKeyId();
  }

  @Override
  public boolean opens(KeyId keyId) {
    return wrapper.opens(keyId);
  }

  @Override
  public KeyCondition condition() {
    return wrapper.condition();
  }

  @Override
  public void close() {
    wrapper.close();
  }
}
