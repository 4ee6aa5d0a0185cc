package io.github.keywrap.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StaticAssignmentOfThrowable") // nobody looks where it was made
final class PausesTest {
  private static final KmsException AWAY = new BackendUnavailable("the token is away", null);
  private static final KmsException WRONG = new KeyUnavailable("there are two such tokens", null);

  @Test
  void aTokenThatIsAwayIsLookedForEveryTwoSeconds() {
    assertThat(Pauses.after(AWAY, 1)).isEqualTo(Duration.ofMillis(100));
    assertThat(Pauses.after(AWAY, 2)).isEqualTo(Duration.ofMillis(200));
    assertThat(Pauses.after(AWAY, 1_000)).isEqualTo(Duration.ofSeconds(2));
  }

  /** Each try may be a login, and a token that is asked again and again says the same. */
  @Test
  void whatAPersonMustChangeIsTriedSeldom() {
    assertThat(Pauses.after(WRONG, 1)).isEqualTo(Duration.ofMillis(100));
    assertThat(Pauses.after(WRONG, 1_000)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void onlyAConnectionThatIsLostSoonAgainIsWaitedFor() {
    assertThat(Pauses.afterLoss(0)).isZero();
    assertThat(Pauses.afterLoss(1)).isEqualTo(Duration.ofMillis(100));
    assertThat(Pauses.afterLoss(1_000)).isEqualTo(Duration.ofSeconds(2));
  }
}
