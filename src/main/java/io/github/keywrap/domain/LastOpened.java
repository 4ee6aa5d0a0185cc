package io.github.keywrap.domain;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ciphertext that a key opened last, and nothing of what was in it. A probe that has wrapped
 * nothing yet, as after a restart while only that fails, can tell by it whether the key opens.
 * Thread-safe.
 */
public final class LastOpened {
  private volatile @Nullable WrappedKey last;

  /** The same key, of which every unwrap is seen. */
  public KeyWrapper watching(KeyWrapper wrapper) {
    return new ForwardingKeyWrapper(wrapper) {
      @Override
      public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
        SecretBytes opened = super.unwrap(wrapped, deadline);
        last = wrapped;
        return opened;
      }
    };
  }

  Optional<WrappedKey> ciphertext() {
    return Optional.ofNullable(last);
  }
}
