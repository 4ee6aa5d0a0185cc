package io.github.keywrap.jdcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import io.github.keywrap.jdcloud.VersionTracking.Next;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class VersionTrackingTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
  private static final KeyVersion FIRST = version("1", 1, KeyStatus.ENABLED);
  private static final KeyVersion SECOND = version("2", 2, KeyStatus.ENABLED);
  private static final KeyVersion THIRD = version("3", 3, KeyStatus.ENABLED);

  private final VersionTracking tracking = fresh();

  @Test
  void theFirstVersionIsAdoptedWhenTwoLooksHaveSeenIt() {
    assertThat(tracking.next()).isEqualTo(Next.SOON);
    list(SECOND, FIRST);
    assertThat(tracking.state()).isInstanceOf(Unknown.class);
    assertThat(tracking.next()).isEqualTo(Next.SOON);
    list(FIRST, SECOND);
    assertThat(newest()).isEqualTo(SECOND);
    assertThat(tracking.next()).isEqualTo(Next.USUAL);
  }

  @Test
  void oneWrongListAtTheFirstLookIsNotBelieved() {
    list(FIRST, THIRD);
    list(FIRST);
    assertThat(tracking.state()).isInstanceOf(Unknown.class);
    list(FIRST);
    assertThat(newest()).isEqualTo(FIRST);
  }

  @Test
  void aNewVersionIsAdoptedWhenTwoLooksHaveSeenIt() {
    listTwice(FIRST);
    list(SECOND, FIRST);
    assertThat(newest()).isEqualTo(FIRST);
    assertThat(tracking.next()).isEqualTo(Next.SOON);
    list(FIRST, SECOND);
    assertThat(newest()).isEqualTo(SECOND);
  }

  @Test
  void aThirdVersionMeanwhileHasToBeSeenTwiceItself() {
    listTwice(FIRST);
    list(FIRST, SECOND);
    list(FIRST, SECOND, THIRD);
    assertThat(newest()).isEqualTo(FIRST);
    list(FIRST, SECOND, THIRD);
    assertThat(newest()).isEqualTo(THIRD);
  }

  @Test
  void aLookThatSawItOnceOnlyChangesNothing() {
    listTwice(FIRST);
    list(FIRST, SECOND);
    list(FIRST);
    list(FIRST, SECOND);
    assertThat(newest()).isEqualTo(FIRST);
  }

  @Test
  void aListThatDiffersFromLookToLookIsNotAskedForAnyFaster() {
    list(FIRST);
    list(FIRST, SECOND);
    list(FIRST);
    assertThat(tracking.state()).isInstanceOf(Unknown.class);
    assertThat(tracking.next()).isEqualTo(Next.USUAL);
  }

  @Test
  void aNewestVersionThatIsGoneIsConfirmedLater() {
    listTwice(FIRST, SECOND);
    list(FIRST);
    assertThat(newest()).isEqualTo(SECOND);
    assertThat(tracked().isListed()).isFalse();
    assertThat(tracking.next()).isEqualTo(Next.LATER);
    list(FIRST, SECOND);
    assertThat(tracked()).isEqualTo(Tracked.of(SECOND));
  }

  static Stream<List<KeyVersion>> lists() {
    return Stream.of(
        List.of(FIRST),
        List.of(FIRST, SECOND),
        List.of(FIRST, version("2", 2, KeyStatus.DISABLED)),
        List.of(SECOND),
        List.of(THIRD, FIRST),
        List.of(FIRST, version("far", NOW.getEpochSecond() + 86_400, KeyStatus.ENABLED)));
  }

  /** What a node has seen before, in this life or an earlier one, or never, changes nothing. */
  @ParameterizedTest
  @MethodSource("lists")
  void runningRestartedAndNewNodesComeToTheSame(List<KeyVersion> list) {
    List<VersionTracking> nodes =
        List.of(
            fresh(),
            new VersionTracking(Tracked.of(SECOND)),
            new VersionTracking(Tracked.of(THIRD)),
            new VersionTracking(
                Tracked.of(version("far", NOW.getEpochSecond() + 86_400, KeyStatus.ENABLED))),
            new VersionTracking(new Untracked()));
    for (VersionTracking node : nodes) {
      node.listed(list, NOW);
      node.listed(list, NOW);
    }
    assertThat(nodes)
        .extracting(node -> ((Tracked) node.state()).newest())
        .containsOnly(((Tracked) nodes.getFirst().state()).newest());
  }

  @Test
  void aStepBackIsRememberedUntilThereIsANewerVersion() {
    listTwice(FIRST, SECOND);
    listTwice(FIRST);
    assertThat(newest()).isEqualTo(FIRST);
    assertThat(tracked().withdrawn()).contains(SECOND);
    list(FIRST);
    assertThat(tracked().withdrawn()).contains(SECOND);
    listTwice(FIRST, THIRD);
    assertThat(tracked()).isEqualTo(Tracked.of(THIRD));
  }

  @Test
  void twoStepsBackAreBothRemembered() {
    listTwice(FIRST, SECOND, THIRD);
    listTwice(FIRST, SECOND);
    listTwice(FIRST);
    assertThat(tracked().withdrawn()).containsExactly(THIRD, SECOND);
    listTwice(FIRST, SECOND);
    assertThat(tracked().withdrawn()).containsExactly(THIRD);
  }

  @Test
  void aNewestVersionThatIsDisabledStaysTheNewest() {
    listTwice(FIRST, SECOND);
    KeyVersion disabled = version("2", 2, KeyStatus.DISABLED);
    list(FIRST, disabled);
    assertThat(newest()).isEqualTo(disabled);
    assertThat(tracked().unusable()).isNotEmpty();
  }

  @Test
  void aVersionOfTheFutureIsNotAdoptedUntilItsTimeHasCome() {
    KeyVersion later =
        version(
            "later",
            NOW.plus(VersionTracking.TOLERANCE).plusSeconds(1).getEpochSecond(),
            KeyStatus.ENABLED);
    listTwice(FIRST, later);
    assertThat(newest()).isEqualTo(FIRST);
    for (int look = 1; look <= 2; look++) {
      tracking.listed(List.of(FIRST, later), NOW.plusSeconds(1));
    }
    assertThat(newest()).isEqualTo(later);
  }

  @Test
  void aListOfTheFutureAloneIsNone() {
    listTwice(FIRST);
    assertThatThrownBy(() -> list(version("far", NOW.getEpochSecond() + 86_400, KeyStatus.ENABLED)))
        .isInstanceOf(CallFailure.Unanswered.class);
    assertThat(newest()).isEqualTo(FIRST);
  }

  @Test
  void aFailedLookKeepsWhatIsKnown() {
    listTwice(FIRST);
    tracking.failed(CallFailure.Unanswered.passing("away", null));
    assertThat(newest()).isEqualTo(FIRST);
  }

  @Test
  void permissionLostAndRegainedEachTakeTwoLooks() {
    listTwice(FIRST);
    tracking.notOffered();
    assertThat(newest()).isEqualTo(FIRST);
    tracking.notOffered();
    assertThat(tracking.state()).isInstanceOf(Untracked.class);
    list(FIRST);
    assertThat(tracking.state()).isInstanceOf(Untracked.class);
    assertThat(tracking.isUndecided()).isTrue();
    list(FIRST);
    assertThat(newest()).isEqualTo(FIRST);
    assertThat(tracking.isUndecided()).isFalse();
  }

  @Test
  void thatTheAccountMayNotListTakesTwoLooksToo() {
    tracking.notOffered();
    assertThat(tracking.state()).isInstanceOf(Unknown.class);
    assertThat(tracking.next()).isEqualTo(Next.SOON);
    tracking.notOffered();
    assertThat(tracking.state()).isInstanceOf(Untracked.class);
    assertThat(tracking.next()).isEqualTo(Next.USUAL);
  }

  @Test
  void whatCannotBeListedIsGivenUpUnlessSomethingIsKnown() {
    tracking.givenUp();
    assertThat(tracking.state()).isInstanceOf(Untracked.class);
    listTwice(FIRST);
    tracking.givenUp();
    assertThat(newest()).isEqualTo(FIRST);
  }

  @Test
  void versionsOfOneSecondComeInTheSameOrderEverywhere() {
    KeyVersion a = version("a", 5, KeyStatus.ENABLED);
    KeyVersion b = version("b", 5, KeyStatus.ENABLED);
    VersionTracking other = fresh();
    for (int look = 1; look <= 2; look++) {
      tracking.listed(List.of(a, b), NOW);
      other.listed(List.of(b, a), NOW);
    }
    assertThat(tracking.state()).isInstanceOf(Tracked.class).isEqualTo(other.state());
  }

  @Test
  void onlyTheRequestIdOfAFailureThatLastsIsNew() {
    CallFailure first = new CallFailure.Refused(403, "NO", "r-1", Optional.<Duration>empty());
    CallFailure second = new CallFailure.Refused(403, "NO", "r-2", Optional.<Duration>empty());
    tracking.failed(first);
    VersionState told = tracking.state();
    tracking.failed(second);
    assertThat(tracking.state()).isEqualTo(told);
  }

  private void list(KeyVersion... versions) {
    tracking.listed(List.of(versions), NOW);
  }

  private void listTwice(KeyVersion... versions) {
    list(versions);
    list(versions);
  }

  private Tracked tracked() {
    return (Tracked) tracking.state();
  }

  private KeyVersion newest() {
    return tracked().newest();
  }

  private static VersionTracking fresh() {
    return new VersionTracking(new Unknown(Optional.empty()));
  }

  private static KeyVersion version(String name, long second, KeyStatus status) {
    return KeyVersion.of("key", name, Instant.ofEpochSecond(second), status);
  }
}
