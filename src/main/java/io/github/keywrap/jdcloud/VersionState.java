package io.github.keywrap.jdcloud;

import java.util.List;
import java.util.Optional;

/** What is known of a key's versions. */
sealed interface VersionState {
  /**
   * Nothing that two looks agree on.
   *
   * @param failure of the last look; empty: there was none
   */
  record Unknown(Optional<CallFailure> failure) implements VersionState {}

  /** They may not be listed, or should not be: the key id has none. */
  record Untracked() implements VersionState {}

  /**
   * They are listed.
   *
   * @param newest what the key id has, whatever its state
   * @param isListed whether it still was, the last time
   * @param withdrawn newer ones that the key id had before and that are listed no more, the newest
   *     first
   * @param unusable those that are disabled or planned for deletion, the newest first
   */
  record Tracked(
      KeyVersion newest, boolean isListed, List<KeyVersion> withdrawn, List<KeyVersion> unusable)
      implements VersionState {
    /** As it is when it is first seen. */
    static Tracked of(KeyVersion newest) {
      return new Tracked(newest, true, List.of(), KeyVersion.unusable(List.of(newest)));
    }
  }
}
