package io.github.keywrap.observe;

import io.github.keywrap.domain.HealthMonitor;
import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.RingKey;
import io.github.keywrap.domain.StatusPolicy;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Ready while the socket is served and the active key works: a probe that hangs counts no longer
 * than two intervals. The state of each older key is told as data: one that is away costs the
 * objects that it made, not the writes.
 */
public final class KeyReadiness implements HealthCheck {
  private final KeyRing ring;
  private final StatusPolicy policy;
  private final BooleanSupplier serving;

  public KeyReadiness(KeyRing ring, StatusPolicy policy, BooleanSupplier serving) {
    this.ring = ring;
    this.policy = policy;
    this.serving = serving;
  }

  @Override
  public HealthCheckResponse call() {
    boolean activeWorks = policy.isGood(ring.active().monitor().health(), System.nanoTime());
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named("keys").status(activeWorks && serving.getAsBoolean());
    response.withData("active", ring.active().name());
    for (RingKey key : ring.keys()) {
      response.withData(
          "key " + key.name(),
          describe(key.monitor().health())
              + describeReads(key.monitor())
              + key.monitor().condition().addition());
    }
    return response.build();
  }

  private static String describeReads(HealthMonitor monitor) {
    return switch (monitor.health()) {
      case KeyHealth.Healthy _, KeyHealth.Unnamed _ -> "";
      default -> monitor.reads().words();
    };
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
