package io.github.keywrap.observe;

import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Alive while the files that the process runs from are what they were: a restart cures it. */
public final class ProgramLiveness implements HealthCheck {
  private final BooleanSupplier intact;

  public ProgramLiveness(BooleanSupplier intact) {
    this.intact = intact;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("program").status(intact.getAsBoolean()).build();
  }
}
