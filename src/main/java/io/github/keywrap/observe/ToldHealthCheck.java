package io.github.keywrap.observe;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;

/** A check whose changes are logged: who looks every ten seconds causes no line each time. */
public final class ToldHealthCheck implements HealthCheck {
  private static final Logger LOG = System.getLogger(ToldHealthCheck.class.getName());

  private final HealthCheck check;
  private final AtomicBoolean wasUp = new AtomicBoolean(true);

  public ToldHealthCheck(HealthCheck check) {
    this.check = check;
  }

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponse response = check.call();
    boolean isUp = response.getStatus() == Status.UP;
    if (wasUp.getAndSet(isUp) != isUp) {
      LOG.log(
          isUp ? Level.INFO : Level.WARNING,
          "health check \"{0}\" is {1}: {2}",
          response.getName(),
          isUp ? "up again" : "down",
          response.getData().map(Object::toString).orElse(""));
    }
    return response;
  }
}
