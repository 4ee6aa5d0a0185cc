package io.github.keywrap.observe;

import io.github.keywrap.domain.HealthMonitor;
import io.github.keywrap.domain.KeyCondition.NeedsRestart;
import io.github.keywrap.domain.RingSource;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Alive unless only a restart can help the active key: a probe has hung in its back end for long,
 * where a call into an HSM's library cannot be interrupted, or the back end says that this process
 * cannot recover. An outage alone never makes the process look dead.
 */
public final class BackEndLiveness implements HealthCheck {
  /** Longer than libraries wait for a network, so that an outage is not taken for a hang. */
  static final Duration LONGEST_PROBE = Duration.ofMinutes(5);

  private final RingSource rings;
  private final LongSupplier clock;

  /**
   * @param clock {@link System#nanoTime}
   */
  public BackEndLiveness(RingSource rings, LongSupplier clock) {
    this.rings = rings;
    this.clock = clock;
  }

  @Override
  public HealthCheckResponse call() {
    try (RingSource.Lease lease = rings.lease()) {
      return call(lease.ring().active().monitor());
    }
  }

  private HealthCheckResponse call(HealthMonitor monitor) {
    Duration lasts = monitor.probeLasts(clock.getAsLong());
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named("back end")
            .status(lasts.compareTo(LONGEST_PROBE) < 0)
            .withData("probe under way for seconds", lasts.toSeconds());
    if (monitor.condition() instanceof NeedsRestart(String reason)) {
      response.down().withData("needs a restart", reason);
    }
    return response.build();
  }
}
