package io.github.keywrap.jdcloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class VersionTrackingTest {
  private static final KeyVersion FIRST = version("1", 1, KeyStatus.ENABLED);
  private static final KeyVersion SECOND = version("2", 2, KeyStatus.ENABLED);
  private static final KeyVersion THIRD = version("3", 3, KeyStatus.ENABLED);

  private final VersionTracking tracking = new VersionTracking(new Unknown(Optional.empty()));

  @Test
  void theFirstLookDecides() {
    assertThat(tracking.isUndecided()).isTrue();
    tracking.listed(List.of(SECOND, FIRST));
    assertThat(newest()).isEqualTo(SECOND);
    assertThat(tracking.isUndecided()).isFalse();
  }

  @Test
  void aNewVersionIsAdoptedWhenTwoLooksHaveSeenItAndOpensAtOnce() {
    tracking.listed(List.of(FIRST));
    tracking.listed(List.of(SECOND, FIRST));
    assertThat(newest()).isEqualTo(FIRST);
    assertThat(tracking.isUndecided()).isTrue();
    assertThat(((Tracked) tracking.state()).listed()).contains(SECOND.fingerprint());
    tracking.listed(List.of(FIRST, SECOND));
    assertThat(newest()).isEqualTo(SECOND);
  }

  @Test
  void aThirdVersionMeanwhileHasToBeSeenTwiceItself() {
    tracking.listed(List.of(FIRST));
    tracking.listed(List.of(FIRST, SECOND));
    tracking.listed(List.of(FIRST, SECOND, THIRD));
    assertThat(newest()).isEqualTo(FIRST);
    tracking.listed(List.of(FIRST, SECOND, THIRD));
    assertThat(newest()).isEqualTo(THIRD);
  }

  @Test
  void aLookThatSawItOnceOnlyChangesNothing() {
    tracking.listed(List.of(FIRST));
    tracking.listed(List.of(FIRST, SECOND));
    tracking.listed(List.of(FIRST));
    tracking.listed(List.of(FIRST, SECOND));
    assertThat(newest()).isEqualTo(FIRST);
  }

  @Test
  void neverGoesBackToAnOlderVersion() {
    tracking.listed(List.of(FIRST, SECOND));
    for (int look = 0; look < 3; look++) {
      tracking.listed(List.of(FIRST));
      assertThat(newest()).isEqualTo(SECOND);
      assertThat(((Tracked) tracking.state()).isListed()).isFalse();
    }
    tracking.listed(List.of(FIRST, SECOND));
    assertThat(((Tracked) tracking.state()).isListed()).isTrue();
  }

  @Test
  void aNewestVersionThatIsDisabledStaysTheNewest() {
    tracking.listed(List.of(FIRST, SECOND));
    KeyVersion disabled = version("2", 2, KeyStatus.DISABLED);
    tracking.listed(List.of(FIRST, disabled));
    assertThat(newest()).isEqualTo(disabled);
    assertThat(((Tracked) tracking.state()).hasUnusable()).isTrue();
  }

  @Test
  void aFailedLookKeepsWhatIsKnown() {
    tracking.listed(List.of(FIRST));
    tracking.failed(CallFailure.Unanswered.passing("away", null));
    assertThat(newest()).isEqualTo(FIRST);
  }

  @Test
  void permissionLostAndRegainedEachTakeTwoLooks() {
    tracking.listed(List.of(FIRST));
    tracking.forbidden();
    assertThat(newest()).isEqualTo(FIRST);
    tracking.forbidden();
    assertThat(tracking.state()).isInstanceOf(Untracked.class);
    tracking.listed(List.of(FIRST));
    assertThat(tracking.state()).isInstanceOf(Untracked.class);
    tracking.listed(List.of(FIRST));
    assertThat(newest()).isEqualTo(FIRST);
  }

  @Test
  void anAccountThatMayNotListHasNoVersionsFromTheStart() {
    tracking.forbidden();
    assertThat(tracking.state()).isInstanceOf(Untracked.class);
    assertThat(tracking.isUndecided()).isFalse();
  }

  @Test
  void whatCannotBeListedAtAllIsDoneWithoutUnlessSomethingIsKnown() {
    tracking.impossible();
    assertThat(tracking.state()).isInstanceOf(Untracked.class);
    tracking.listed(List.of(FIRST));
    tracking.listed(List.of(FIRST));
    tracking.impossible();
    assertThat(newest()).isEqualTo(FIRST);
  }

  @Test
  void versionsOfOneSecondComeInTheSameOrderEverywhere() {
    KeyVersion a = version("a", 5, KeyStatus.ENABLED);
    KeyVersion b = version("b", 5, KeyStatus.ENABLED);
    VersionTracking other = new VersionTracking(new Unknown(Optional.empty()));
    tracking.listed(List.of(a, b));
    other.listed(List.of(b, a));
    assertThat(other.state()).isEqualTo(tracking.state());
  }

  private KeyVersion newest() {
    return ((Tracked) tracking.state()).newest();
  }

  private static KeyVersion version(String name, long second, KeyStatus status) {
    return KeyVersion.of("key", name, Instant.ofEpochSecond(second), status);
  }
}
