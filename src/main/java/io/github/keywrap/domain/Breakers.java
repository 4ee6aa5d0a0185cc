package io.github.keywrap.domain;

/**
 * The breakers of one key, one for each operation. Probes teach them too: {@link #watching} is what
 * a probe uses.
 */
public final class Breakers {
  private final Breaker wraps = new Breaker();
  private final Breaker unwraps = new Breaker();

  Breaker of(Operation operation) {
    return switch (operation) {
      case WRAP -> wraps;
      case UNWRAP -> unwraps;
    };
  }

  /** The same key, which makes every call and lets the breakers learn from it. */
  public KeyWrapper watching(KeyWrapper wrapper) {
    return new ForwardingKeyWrapper(wrapper) {
      @Override
      public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
        return wraps.attempt(() -> super.wrap(plaintext, deadline), deadline);
      }

      @Override
      public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
        return unwraps.attempt(() -> super.unwrap(wrapped, deadline), deadline);
      }
    };
  }
}
