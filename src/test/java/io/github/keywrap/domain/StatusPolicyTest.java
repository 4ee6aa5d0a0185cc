package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.StatusPolicy.Answer;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StaticAssignmentOfThrowable") // nobody looks where it was made
final class StatusPolicyTest {
  private static final KeyId ID = KeyId.of("local", "x");
  private static final KeyHealth HEALTHY = KeyHealth.passed(ID, 0);
  private static final KmsException GONE = new BackendUnavailable("gone", null);
  private static final StatusPolicy COAST =
      new StatusPolicy(true, Duration.ofHours(24), Duration.ofSeconds(30));
  private static final StatusPolicy FAIL =
      new StatusPolicy(false, Duration.ofHours(24), Duration.ofSeconds(30));

  @Test
  void aHealthyKeyIsOkWithItsId() {
    assertThat(COAST.answer(HEALTHY, seconds(30))).isEqualTo(new Answer.Ok(ID));
  }

  @Test
  void anOutageCoastsWithTheKeyIdForABoundedTime() {
    KeyHealth outage = HEALTHY.failed(GONE, 0);
    assertThat(COAST.answer(outage, seconds(86_400))).isEqualTo(new Answer.Degraded(ID, "gone"));
    assertThat(COAST.answer(outage, seconds(86_401))).isEqualTo(new Answer.Refused("gone"));
  }

  @Test
  void theStrictPolicyRefusesDuringAnOutage() {
    assertThat(FAIL.answer(HEALTHY.failed(GONE, 0), 1)).isEqualTo(new Answer.Refused("gone"));
  }

  @Test
  void probesThatNoLongerEndAreAnOutage() {
    assertThat(COAST.answer(HEALTHY, seconds(31)))
        .isEqualTo(new Answer.Degraded(ID, "the key has not answered a probe for 31 s"));
    assertThat(FAIL.answer(HEALTHY, seconds(31))).isInstanceOf(Answer.Refused.class);
  }

  @Test
  void aLostKeyIsRefusedAlsoWhenCoasting() {
    KmsException disabled = new KeyUnavailable("disabled", null);
    KeyHealth suspect = HEALTHY.failed(disabled, 0);
    assertThat(COAST.answer(suspect, 1)).isInstanceOf(Answer.Degraded.class);
    assertThat(COAST.answer(suspect.failed(disabled, 1), 2))
        .isEqualTo(new Answer.Refused("disabled"));
  }

  @Test
  void nothingIsSaidBeforeTheFirstProbe() {
    KeyHealth known = new KeyHealth.Unknown(Optional.of(ID));
    assertThat(COAST.answer(known, 0)).isInstanceOf(Answer.Refused.class);
    assertThat(COAST.answer(known.failed(GONE, 0), 1)).isEqualTo(new Answer.Degraded(ID, "gone"));
    assertThat(COAST.answer(new KeyHealth.Unknown(Optional.empty()).failed(GONE, 0), 1))
        .isInstanceOf(Answer.Refused.class);
  }

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }
}
