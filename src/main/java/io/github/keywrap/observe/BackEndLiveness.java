package io.github.keywrap.observe;

import io.github.keywrap.domain.KeyRing;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Alive unless a probe of the active key has hung in its back end for so long that only a restart
 * can get it out: a call into an HSM's library cannot be interrupted. A back end that answers, with
 * whatever error, never makes the process look dead.
 */
public final class BackEndLiveness implements HealthCheck {
  /** Longer than libraries wait for a network, so that an outage is not taken for a hang. */
  static final Duration LONGEST_PROBE = Duration.ofMinutes(5);

  private final KeyRing ring;
  private final LongSupplier clock;

  /**
   * @param clock {@link System#nanoTime}
   */
  public BackEndLiveness(KeyRing ring, LongSupplier clock) {
    this.ring = ring;
    this.clock = clock;
  }

  @Override
  public HealthCheckResponse call() {
    Duration lasts = ring.active().monitor().probeLasts(clock.getAsLong());
    return HealthCheckResponse.named("back end")
        .status(lasts.compareTo(LONGEST_PROBE) < 0)
        .withData("probe under way for seconds", lasts.toSeconds())
        .build();
  }
}
