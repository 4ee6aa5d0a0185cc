package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Fails calls at once while the probes say that a remote back end is down, instead of letting each
 * use up its time: the probes look for its return. The first call that fails asks for a probe.
 */
public final class FailFastKeyWrapper extends ForwardingKeyWrapper {
  /** Outages that the next probe already ends are not worth failing calls for. */
  static final Duration KNOWN_AFTER = Duration.ofSeconds(1);

  private final HealthMonitor monitor;

  /**
   * @param monitor that probes the key, not through this
   */
  public FailFastKeyWrapper(KeyWrapper wrapper, HealthMonitor monitor) {
    super(wrapper);
    this.monitor = monitor;
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    return call(() -> wrapper().wrap(plaintext, deadline));
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    return call(() -> wrapper().unwrap(wrapped, deadline));
  }

  private <T> T call(Supplier<T> call) {
    if (monitor.health() instanceof KeyHealth.Outage outage) {
      Duration lasts = Duration.ofNanos(System.nanoTime() - outage.since());
      if (lasts.compareTo(KNOWN_AFTER) >= 0) {
        throw known(outage.cause(), lasts);
      }
    }
    try {
      return call.get();
    } catch (BackendUnavailable | Throttled failure) {
      monitor.probeNow();
      throw failure;
    }
  }

  private static KmsException known(KmsException cause, Duration lasts) {
    String message =
        "not tried, as it has failed for %d s: %s".formatted(lasts.toSeconds(), cause.getMessage());
    return cause instanceof Throttled
        ? new Throttled(message)
        : new BackendUnavailable(message, cause);
  }
}
