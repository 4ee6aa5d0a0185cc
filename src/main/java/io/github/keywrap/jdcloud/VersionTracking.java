package io.github.keywrap.jdcloud;

import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which version the key id has, by one look after the other: that with the latest time of
 * creation that has come, whatever its state. Any change, and the first version too, is adopted
 * when two looks running have seen it; a failed look changes nothing. So the list alone decides,
 * and every node comes to the same, whether it runs, starts again or is new. Not thread-safe.
 */
final class VersionTracking {
  /** How far a time of creation may be ahead of the clock of the KMS. */
  static final Duration TOLERANCE = Duration.ofMinutes(1);

  /** When the next look should come. */
  enum Next {
    /** After the usual pause. */
    USUAL,
    /** At once, to confirm what the last one saw for the first time. */
    SOON,
    /**
     * After a pause, to confirm that the newest version is gone: a list from a replica that is
     * behind must not move the key id to and fro.
     */
    LATER
  }

  private VersionState state;

  /** What the last look would have changed the state to; null: nothing. */
  private @Nullable VersionState candidate;

  private Next next = Next.SOON;

  /**
   * @param known from an earlier life
   */
  VersionTracking(VersionState known) {
    this.state = known;
  }

  VersionState state() {
    return state;
  }

  Next next() {
    return next;
  }

  /** Whether the last look that listed them saw what no other has seen yet. */
  boolean isUndecided() {
    return candidate != null;
  }

  /**
   * A look that listed the versions.
   *
   * @param now at the KMS
   * @throws Unanswered if it lists none that can be the newest; that look has {@link #failed}
   */
  void listed(List<KeyVersion> versions, Instant now) {
    List<KeyVersion> born = versions.stream().filter(version -> isBorn(version, now)).toList();
    if (born.isEmpty()) {
      throw Unanswered.lasting("every version is of the future, by the KMS's own clock", null);
    }
    KeyVersion newest = Collections.max(born, KeyVersion.BY_AGE);
    List<KeyVersion> unusable = KeyVersion.unusable(versions);
    Tracked listed = new Tracked(newest, true, List.of(), unusable);
    switch (state) {
      case Unknown _ -> {
        state = new Unknown(Optional.empty());
        propose(listed);
      }
      case Untracked _ -> propose(listed);
      case Tracked tracked -> {
        if (newest.isSameAs(tracked.newest())) {
          adopt(new Tracked(newest, true, tracked.withdrawn(), unusable));
        } else {
          state = refreshed(tracked, versions, unusable);
          propose(after(tracked, listed));
        }
      }
    }
  }

  private static boolean isBorn(KeyVersion version, Instant now) {
    return !version.created().isAfter(now.plus(TOLERANCE));
  }

  /** What the key id has now, with what there is to know of it. */
  private static Tracked refreshed(
      Tracked tracked, List<KeyVersion> versions, List<KeyVersion> unusable) {
    Optional<KeyVersion> now =
        versions.stream().filter(version -> version.isSameAs(tracked.newest())).findFirst();
    return new Tracked(
        now.orElse(tracked.newest()), now.isPresent(), tracked.withdrawn(), unusable);
  }

  /** Remembers those that were the newest, until there is a newer one or they are back. */
  private static Tracked after(Tracked before, Tracked listed) {
    List<KeyVersion> withdrawn =
        Stream.concat(before.withdrawn().stream(), Stream.of(before.newest()))
            .filter(version -> KeyVersion.BY_AGE.compare(version, listed.newest()) > 0)
            .sorted(KeyVersion.BY_AGE.reversed())
            .toList();
    return new Tracked(listed.newest(), true, withdrawn, listed.unusable());
  }

  /** A look that was definitely not allowed, or can list nothing though the key works. */
  void notOffered() {
    if (state instanceof Untracked) {
      adopt(state);
    } else {
      propose(new Untracked());
    }
  }

  /** Too many looks that found nothing out, though the key works. What is known stays. */
  void givenUp() {
    if (state instanceof Unknown) {
      adopt(new Untracked());
    }
  }

  /** A look that found nothing out. */
  void failed(CallFailure failure) {
    if (state instanceof Unknown(Optional<CallFailure> known)) {
      state = new Unknown(Optional.of(VersionLook.steady(known, failure)));
    }
    next = Next.USUAL;
  }

  private void adopt(VersionState adopted) {
    state = adopted;
    candidate = null;
    next = Next.USUAL;
  }

  private void propose(VersionState change) {
    VersionState before = candidate;
    if (before != null && isSameChange(before, change)) {
      adopt(change);
      return;
    }
    candidate = change;
    if (isStepBack(change)) {
      next = Next.LATER;
    } else {
      // A list that differs from look to look is not asked for any faster.
      next = before == null ? Next.SOON : Next.USUAL;
    }
  }

  private boolean isStepBack(VersionState change) {
    return state instanceof Tracked now
        && change instanceof Tracked proposed
        && KeyVersion.BY_AGE.compare(proposed.newest(), now.newest()) < 0;
  }

  private static boolean isSameChange(VersionState before, VersionState now) {
    return before instanceof Tracked a && now instanceof Tracked b
        ? a.newest().isSameAs(b.newest())
        : before.getClass() == now.getClass();
  }
}
