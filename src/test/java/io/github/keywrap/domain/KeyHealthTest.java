package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.ReadBackMismatch;
import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("StaticAssignmentOfThrowable") // nobody looks where it was made
final class KeyHealthTest {
  private static final KeyId ID = KeyId.of("local", "x");
  private static final KeyHealth HEALTHY = KeyHealth.passed(ID, 10);
  private static final KmsException GONE = new BackendUnavailable("gone", null);

  static Stream<KmsException> outages() {
    return Stream.of(GONE, new Throttled("busy"));
  }

  static Stream<KmsException> losses() {
    return Stream.of(
        new KeyUnavailable("disabled", null),
        new AccessDenied("no", null),
        new ReadBackMismatch("lies", null));
  }

  @ParameterizedTest
  @MethodSource("outages")
  void anOutageKeepsTheKeyIdAndItsBeginning(KmsException cause) {
    KeyHealth first = HEALTHY.failed(cause, 20);
    KeyHealth second = first.failed(cause, 30);
    assertThat(second)
        .isInstanceOfSatisfying(
            KeyHealth.Outage.class,
            outage -> {
              assertThat(outage.since()).as("the last good probe").isEqualTo(10);
              assertThat(outage.keyId()).hasValue(ID);
            });
  }

  @ParameterizedTest
  @MethodSource("losses")
  void aKeyIsLostOnlyWhenTwoProbesSaySo(KmsException cause) {
    KeyHealth first = HEALTHY.failed(cause, 20);
    assertThat(first).isInstanceOf(KeyHealth.Suspect.class);
    assertThat(first.lastKeyId()).hasValue(ID);
    KeyHealth second = first.failed(cause, 30);
    assertThat(second).isInstanceOf(KeyHealth.Lost.class);
    assertThat(second.lastKeyId()).isEmpty();
    assertThat(second.failed(cause, 40)).isInstanceOf(KeyHealth.Lost.class);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void anOutageBetweenTwoLossesDoesNotMakeThemOne(KmsException lost) {
    KeyHealth health = HEALTHY.failed(lost, 20).failed(GONE, 30).failed(GONE, 40);
    assertThat(health).isEqualTo(new KeyHealth.Suspect(Optional.of(ID), lost, 10));
    assertThat(health.failed(lost, 50)).isEqualTo(new KeyHealth.Lost(lost, 10));
    assertThat(health.failed(lost, 50).failed(GONE, 60)).isEqualTo(new KeyHealth.Lost(lost, 10));
  }

  @Test
  void aGoodProbeBetweenTwoLossesBeginsTheCountAgain() {
    KmsException lost = new KeyUnavailable("disabled", null);
    assertThat(HEALTHY.failed(lost, 20)).isInstanceOf(KeyHealth.Suspect.class);
    assertThat(KeyHealth.passed(ID, 30).failed(lost, 40)).isInstanceOf(KeyHealth.Suspect.class);
  }

  /** What a KMS does whose front is restarted for days while it refuses the credentials. */
  @ParameterizedTest
  @MethodSource("losses")
  void tenDaysOfRefusalsAndOutagesInTurnEndInALostKey(KmsException lost) {
    StatusPolicy policy = new StatusPolicy(true, Duration.ofHours(24), Duration.ofSeconds(30));
    KeyHealth health = HEALTHY;
    for (int second = 1; second <= 3; second++) {
      health = health.failed(second % 2 == 0 ? GONE : lost, Duration.ofSeconds(second).toNanos());
    }
    assertThat(policy.answer(health, 0)).isInstanceOf(StatusPolicy.Answer.Refused.class);
    for (int second = 4; second <= Duration.ofDays(10).toSeconds(); second++) {
      health = health.failed(second % 2 == 0 ? GONE : lost, Duration.ofSeconds(second).toNanos());
      assertThat(health).isInstanceOf(KeyHealth.Lost.class);
    }
  }

  @Test
  void coastingEndsWhateverKindsOfFailureFollowEachOther() {
    Duration coast = Duration.ofHours(24);
    StatusPolicy policy = new StatusPolicy(true, coast, Duration.ofSeconds(30));
    KmsException lost = new KeyUnavailable("disabled", null);
    long late = coast.plusSeconds(1).toNanos();
    KeyHealth health = HEALTHY.failed(GONE, 20).failed(GONE, 30).failed(lost, late);
    assertThat(health).isInstanceOf(KeyHealth.Suspect.class);
    assertThat(policy.answer(health, late + 20)).isInstanceOf(StatusPolicy.Answer.Refused.class);
  }

  @Test
  void coastingDoesNotBeginAnewWhenAProbeThatHungFails() {
    Duration coast = Duration.ofHours(24);
    StatusPolicy policy = new StatusPolicy(true, coast, Duration.ofSeconds(30));
    long end = coast.plusSeconds(1).toNanos();
    KeyHealth health = HEALTHY.failed(GONE, end - 10);
    assertThat(policy.answer(health, end + 20)).isInstanceOf(StatusPolicy.Answer.Refused.class);
  }

  @Test
  void aProbeThatPassesMakesItHealthyFromAnyState() {
    assertThat(KeyHealth.passed(ID, 50)).isEqualTo(new KeyHealth.Healthy(ID, 50));
  }

  @Test
  void beforeTheFirstGoodProbeThereIsOnlyAKeyIdOfAnEarlierLife() {
    assertThat(new KeyHealth.Unknown(Optional.empty()).failed(GONE, 5).lastKeyId()).isEmpty();
    KeyHealth known = new KeyHealth.Unknown(Optional.of(ID)).failed(GONE, 5);
    assertThat(known.lastKeyId()).hasValue(ID);
    KmsException lost = new KeyUnavailable("disabled", null);
    assertThat(known.failed(lost, 6).failed(lost, 7).failed(GONE, 8).lastKeyId())
        .as("a lost key stays lost")
        .isEmpty();
  }
}
