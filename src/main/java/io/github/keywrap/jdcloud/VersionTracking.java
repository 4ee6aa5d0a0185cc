package io.github.keywrap.jdcloud;

import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which version the key id has, by one look after the other. A change is adopted when two
 * looks running have seen it; a failed look changes nothing; a step back to an older version is
 * never made. Not thread-safe.
 */
final class VersionTracking {
  private VersionState state;

  /** What the last look would have changed the state to; null: nothing. */
  private @Nullable VersionState candidate;

  /**
   * @param known from an earlier life
   */
  VersionTracking(VersionState known) {
    this.state = known;
  }

  VersionState state() {
    return state;
  }

  /** Whether the next look decides something, and should come soon. */
  boolean isUndecided() {
    return candidate != null || state instanceof Unknown;
  }

  /** A look that listed the versions. */
  void listed(List<KeyVersion> versions) {
    KeyVersion newest = Collections.max(versions, KeyVersion.BY_AGE);
    switch (state) {
      case Unknown _ -> adopt(tracked(newest, versions, Set.of()));
      case Untracked _ -> propose(tracked(newest, versions, Set.of()));
      case Tracked tracked -> {
        boolean isNewer = KeyVersion.BY_AGE.compare(newest, tracked.newest()) > 0;
        if (isNewer && !newest.fingerprint().equals(tracked.newest().fingerprint())) {
          refresh(tracked, versions);
          propose(tracked(newest, versions, tracked.listed()));
        } else {
          adopt(refreshed(tracked, versions));
        }
      }
    }
  }

  /** A look that was definitely not allowed. */
  void forbidden() {
    switch (state) {
      case Unknown _, Untracked _ -> adopt(new Untracked());
      case Tracked _ -> propose(new Untracked());
    }
  }

  /** A look that can list nothing, though the key works. What is known already stays. */
  void impossible() {
    if (state instanceof Unknown) {
      adopt(new Untracked());
    }
  }

  /** A look that found nothing out. */
  void failed(CallFailure failure) {
    if (state instanceof Unknown) {
      state = new Unknown(Optional.of(failure));
    }
  }

  private void adopt(VersionState next) {
    state = next;
    candidate = null;
  }

  private void propose(VersionState next) {
    boolean isSeenTwice = candidate != null && isSameChange(candidate, next);
    candidate = next;
    if (isSeenTwice) {
      adopt(next);
    }
  }

  private static boolean isSameChange(VersionState before, VersionState now) {
    return before instanceof Tracked a && now instanceof Tracked b
        ? a.newest().fingerprint().equals(b.newest().fingerprint())
        : before.getClass() == now.getClass();
  }

  private static Tracked tracked(
      KeyVersion newest, List<KeyVersion> versions, Set<String> listedBefore) {
    Set<String> listed = new HashSet<>(listedBefore);
    versions.forEach(version -> listed.add(version.fingerprint()));
    return new Tracked(newest, listed, true, hasUnusable(versions));
  }

  private static boolean hasUnusable(List<KeyVersion> versions) {
    return versions.stream().anyMatch(version -> version.status().isUnusable());
  }

  /** The same newest version, with what there is to know of it now. */
  private static Tracked refreshed(Tracked tracked, List<KeyVersion> versions) {
    Tracked all = tracked(tracked.newest(), versions, tracked.listed());
    return versions.stream()
        .filter(version -> version.fingerprint().equals(tracked.newest().fingerprint()))
        .findFirst()
        .map(version -> new Tracked(version, all.listed(), true, all.hasUnusable()))
        .orElse(new Tracked(tracked.newest(), all.listed(), false, all.hasUnusable()));
  }

  /** Its ciphertexts open at once, before the key id has it. */
  private void refresh(Tracked tracked, List<KeyVersion> versions) {
    state = refreshed(tracked, versions);
  }
}
