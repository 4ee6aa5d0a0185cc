package io.github.keywrap.domain;

import java.util.Optional;

/** What decorators of a key leave as it is: all but wrapping and unwrapping. */
public abstract class ForwardingKeyWrapper implements KeyWrapper {
  private final KeyWrapper wrapper;

  /**
   * @param wrapper closed with this
   */
  protected ForwardingKeyWrapper(KeyWrapper wrapper) {
    this.wrapper = wrapper;
  }

  /** The key that is decorated. */
  protected final KeyWrapper wrapper() {
    return wrapper;
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    return wrapper.wrap(plaintext, deadline);
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    return wrapper.unwrap(wrapped, deadline);
  }

  @Override
  public final Optional<KeyId> currentKeyId() {
    return wrapper.currentKeyId();
  }

  @Override
  public final boolean opens(KeyId keyId) {
    return wrapper.opens(keyId);
  }

  @Override
  public final boolean isVersioned() {
    return wrapper.isVersioned();
  }

  @Override
  public final KeyCondition condition() {
    return wrapper.condition();
  }

  @Override
  public final void close() {
    wrapper.close();
  }
}
