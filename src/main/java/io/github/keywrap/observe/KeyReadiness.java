package io.github.keywrap.observe;

import io.github.keywrap.domain.HealthMonitor;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.RingKey;
import io.github.keywrap.domain.RingSource;
import io.github.keywrap.domain.StatusPolicy;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Ready while the socket is served and the active key works: a probe that hangs counts no longer
 * than two intervals. The state of each older key is told as data: one that is away costs the
 * objects that it made, not the writes.
 */
public final class KeyReadiness implements HealthCheck {
  /** A back end that takes so long for a probe is worth a word, though it may still answer. */
  private static final Duration LONG_PROBE = Duration.ofSeconds(2);

  private final RingSource rings;
  private final StatusPolicy policy;
  private final BooleanSupplier serving;
  private final LongSupplier clock;

  /**
   * @param clock {@link System#nanoTime}
   */
  public KeyReadiness(
      RingSource rings, StatusPolicy policy, BooleanSupplier serving, LongSupplier clock) {
    this.rings = rings;
    this.policy = policy;
    this.serving = serving;
    this.clock = clock;
  }

  @Override
  public HealthCheckResponse call() {
    try (RingSource.Lease lease = rings.lease()) {
      return call(lease.ring());
    }
  }

  private HealthCheckResponse call(KeyRing ring) {
    boolean activeWorks = policy.isGood(ring.active().monitor().health(), clock.getAsLong());
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named("keys").status(activeWorks && serving.getAsBoolean());
    response.withData("active", ring.active().name());
    for (RingKey key : ring.keys()) {
      response.withData(
          "key " + key.name(),
          describe(key.monitor().health())
              + describeReads(key.monitor())
              + describeProbe(key.monitor().probeLasts(clock.getAsLong()))
              + describeCondition(key.monitor()));
    }
    return response.build();
  }

  private static String describeReads(HealthMonitor monitor) {
    return switch (monitor.health()) {
      case KeyHealth.Healthy _, KeyHealth.Unnamed _ -> "";
      default -> monitor.reads().words();
    };
  }

  /** Why a key has no id yet may be all that there is to know of it. */
  private static String describeCondition(HealthMonitor monitor) {
    KeyCondition condition = monitor.condition();
    return monitor.health() instanceof KeyHealth.Unnamed(String reason)
            && condition.words().filter(reason::equals).isPresent()
        ? ""
        : condition.addition();
  }

  /** What is known else may be out of date when a probe has no answer. */
  private static String describeProbe(Duration lasts) {
    return lasts.compareTo(LONG_PROBE) < 0
        ? ""
        : "; a probe has waited for its answer for " + lasts.toSeconds() + " s";
  }

  private static String describe(KeyHealth health) {
    return switch (health) {
      case KeyHealth.Unknown _ -> "not tried yet";
      case KeyHealth.Healthy healthy -> "works, key id " + healthy.keyId();
      case KeyHealth.Unnamed unnamed -> "works under v1; v2 waits: " + unnamed.reason();
      case KeyHealth.Outage outage -> "unavailable: " + outage.cause().getMessage();
      case KeyHealth.Suspect suspect -> "may be lost: " + suspect.cause().getMessage();
      case KeyHealth.Lost lost -> "lost: " + lost.cause().getMessage();
    };
  }
}
