package io.github.keywrap.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

final class SocketLivenessTest {
  @Test
  void aSocketThatIsGoneIsNotAlive() {
    assertThat(status(false, Duration.ZERO)).isEqualTo(Status.DOWN);
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
