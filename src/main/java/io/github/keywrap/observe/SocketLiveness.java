package io.github.keywrap.observe;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Alive while clients can find the socket and are answered: each look makes a call as they do. What
 * a restart cannot cure, such as a back end that is away, never makes the process look dead.
 */
public final class SocketLiveness implements HealthCheck {
  /** One call that comes late is a busy machine, and no proof. */
  static final Duration MAX_SILENCE = Duration.ofSeconds(10);

  private final BooleanSupplier reachable;
  private final Supplier<Duration> unanswered;

  /**
   * @param reachable whether the socket at the path is ours, or is about to be or no longer meant
   *     to be
   * @param unanswered makes a call that needs no back end, and says for how long such calls have
   *     had no answer; zero: this one has
   */
  public SocketLiveness(BooleanSupplier reachable, Supplier<Duration> unanswered) {
    this.reachable = reachable;
    this.unanswered = unanswered;
  }

  @Override
  public HealthCheckResponse call() {
    boolean isReachable = reachable.getAsBoolean();
    HealthCheckResponseBuilder response = HealthCheckResponse.named("socket");
    if (!isReachable) {
      return response.down().withData("problem", "removed or replaced: clients find none").build();
    }
    Duration silence = unanswered.get();
    return response
        .status(silence.compareTo(MAX_SILENCE) < 0)
        .withData("unanswered for seconds", silence.toSeconds())
        .build();
  }
}
