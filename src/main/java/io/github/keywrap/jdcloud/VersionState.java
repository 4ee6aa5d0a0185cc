package io.github.keywrap.jdcloud;

import java.util.Optional;
import java.util.Set;

/** What is known of a key's versions. */
sealed interface VersionState {
  /**
   * Nothing yet.
   *
   * @param failure of the last look; empty: there was none
   */
  record Unknown(Optional<CallFailure> failure) implements VersionState {}

  /** They may not be listed, or should not be: the key id has none. */
  record Untracked() implements VersionState {}

  /**
   * They are listed.
   *
   * @param newest what the key id has; newer ones are adopted, older ones never
   * @param listed fingerprints of all that were ever listed
   * @param isListed whether {@code newest} still was, the last time
   * @param hasUnusable whether an older one is disabled or planned for deletion
   */
  record Tracked(KeyVersion newest, Set<String> listed, boolean isListed, boolean hasUnusable)
      implements VersionState {
    public Tracked {
      listed = Set.copyOf(listed);
    }
  }
}
