package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * One look at the versions of a key after the other: asks for them, decides what that means, keeps
 * it on disk, and tells the log what is new. Not thread-safe.
 */
final class VersionLook {
  private static final Logger LOG = System.getLogger(VersionLook.class.getName());
  private static final int FORBIDDEN = 403;

  /** So many looks may fail for reasons that pass: 10 s and more. */
  private static final int PATIENCE = 10;

  private final String name;
  private final KmsApi api;
  private final VersionStore store;
  private final VersionTracking tracking;
  private Optional<CallFailure> obstacle = Optional.empty();

  private int failedLooks;

  /** What the log says of the versions. */
  private String told = "";

  /**
   * @param name of the key in the settings
   * @param known from an earlier life
   */
  VersionLook(String name, KmsApi api, VersionStore store, VersionState known) {
    this.name = name;
    this.api = api;
    this.store = store;
    this.tracking = new VersionTracking(known);
  }

  VersionState state() {
    return tracking.state();
  }

  /** Why the versions cannot be listed, if it seems that they never can. */
  Optional<CallFailure> obstacle() {
    return obstacle;
  }

  /** Whether the next look decides something, and should come soon. */
  boolean isUndecided() {
    return tracking.isUndecided();
  }

  /** Looks; true if the versions were listed. */
  boolean look(Deadline deadline) {
    VersionState before = state();
    boolean isListed = false;
    try {
      tracking.listed(api.versions(deadline));
      obstacle = Optional.empty();
      isListed = true;
    } catch (CallFailure failure) {
      notListed(failure, deadline);
    }
    if (!before.equals(state())) {
      store.write(state());
    }
    tell();
    return isListed;
  }

  /**
   * Only a 403 says by itself that the versions may not be listed. Of another failure that is
   * believed, at once or after some patience, where nothing is known yet and the key works: what
   * wrapping does not need must not keep anybody from it.
   */
  private void notListed(CallFailure failure, Deadline deadline) {
    boolean isLasting = failure.isDefinite();
    if (isLasting && failure instanceof Refused refused && refused.code() == FORBIDDEN) {
      obstacle = Optional.of(failure);
      tracking.forbidden();
    } else if (state() instanceof Tracked) {
      obstacle = isLasting ? Optional.of(failure) : obstacle;
      tracking.failed(failure);
    } else if (isLasting || ++failedLooks >= PATIENCE) {
      notOffered(failure, deadline);
    } else {
      tracking.failed(failure);
    }
  }

  private void notOffered(CallFailure failure, Deadline deadline) {
    try {
      api.tryKey(deadline);
      obstacle = Optional.of(failure);
      tracking.impossible();
    } catch (CallFailure ofTheKey) {
      tracking.failed(ofTheKey);
    }
  }

  private void tell() {
    switch (state()) {
      case Unknown _ -> {}
      case Untracked _ -> obstacle.filter(_ -> isNews("none")).ifPresent(this::warn);
      case Tracked tracked -> {
        String newest = tracked.newest().fingerprint();
        if (isNews(newest)) {
          LOG.log(Level.INFO, "key \"{0}\": the newest version is {1}", name, newest);
        }
      }
    }
  }

  private void warn(CallFailure reason) {
    LOG.log(
        Level.WARNING,
        "key \"{0}\": its versions cannot be listed ({1}), so that its key id has none and a"
            + " rotation is not noticed; allow describeKeyDetail, or set version-tracking: off",
        name,
        reason.getMessage());
  }

  private boolean isNews(String what) {
    boolean isNews = !what.equals(told);
    told = what;
    return isNews;
  }
}
