package io.github.keywrap.observe;

import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Alive while clients can find the socket. What a restart cannot cure, such as a back end that is
 * away, never makes the process look dead.
 */
public final class SocketLiveness implements HealthCheck {
  private final BooleanSupplier reachable;

  /**
   * @param reachable whether the socket at the path is ours, or is about to be or no longer meant
   *     to be
   */
  public SocketLiveness(BooleanSupplier reachable) {
    this.reachable = reachable;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("socket").status(reachable.getAsBoolean()).build();
  }
}
