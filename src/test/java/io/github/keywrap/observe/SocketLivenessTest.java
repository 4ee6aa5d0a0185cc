package io.github.keywrap.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

final class SocketLivenessTest {
  @Test
  void aSocketThatIsGoneIsNotAlive() {
    HealthCheckResponse gone = new SocketLiveness(() -> false, () -> Duration.ZERO).call();
    assertThat(gone.getStatus()).isEqualTo(Status.DOWN);
    assertThat(gone.getData().orElseThrow())
        .containsOnly(Map.entry("problem", "removed or replaced: clients find none"));
  }

  @Test
  void callsWithoutAnAnswerAreForgivenForTenSeconds() {
    assertThat(status(true, Duration.ZERO)).isEqualTo(Status.UP);
    assertThat(status(true, Duration.ofSeconds(9))).isEqualTo(Status.UP);
    assertThat(status(true, Duration.ofSeconds(10))).isEqualTo(Status.DOWN);
  }

  private static Status status(boolean isReachable, Duration unanswered) {
    return new SocketLiveness(() -> isReachable, () -> unanswered).call().getStatus();
  }
}
