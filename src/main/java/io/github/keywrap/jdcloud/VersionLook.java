package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/**
 * One look at the versions of a key after the other: asks for them, decides what that means, and
 * tells the log what is new. Not thread-safe.
 */
final class VersionLook {
  private static final Logger LOG = System.getLogger(VersionLook.class.getName());
  private static final int FORBIDDEN = 403;

  /** Of a look: one page, mostly, and attempts at it. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final Duration TO_CONFIRM = Duration.ofMillis(300);
  private static final Duration TO_CONFIRM_LOSS = Duration.ofMinutes(1);

  private final String name;
  private final KmsApi api;
  private final VersionTracking tracking;
  private final FirstLooks first = new FirstLooks(System::nanoTime);
  private Optional<CallFailure> obstacle = Optional.empty();
  private int failuresRunning;

  /** What the log says of the versions. */
  private String told = "";

  /**
   * @param name of the key in the settings
   * @param known from an earlier life
   */
  VersionLook(String name, KmsApi api, VersionState known) {
    this.name = name;
    this.api = api;
    this.tracking = new VersionTracking(known);
  }

  VersionState state() {
    return tracking.state();
  }

  /** Why the versions cannot be listed, if it seems that they never can. */
  Optional<CallFailure> obstacle() {
    return obstacle;
  }

  /**
   * Until the next look.
   *
   * @param usual between two looks that bring nothing new; never exceeded
   */
  Duration pause(Duration usual) {
    Duration pause =
        switch (tracking.next()) {
          case SOON -> TO_CONFIRM;
          case LATER -> TO_CONFIRM_LOSS;
          case USUAL -> state() instanceof Unknown ? first.pause() : usual;
        };
    return pause.compareTo(usual) < 0 ? pause : usual;
  }

  void look() {
    first.looked();
    try {
      tracking.listed(api.versions(Deadline.after(TIMEOUT)), api.time());
      first.limited(false);
      listed();
    } catch (CallFailure failure) {
      notListed(failure);
    }
    tell();
  }

  /** What there is to tell of it goes when a list is believed, not when there is one. */
  private void listed() {
    boolean isAboutToDecide = tracking.next() != VersionTracking.Next.USUAL;
    if (state() instanceof Unknown) {
      if (!first.isPatient() && !isAboutToDecide) {
        doWithout(differs());
      }
    } else if (!tracking.isUndecided()) {
      failuresRunning = 0;
      obstacle = Optional.empty();
    } else if (!isAboutToDecide && ++failuresRunning >= FirstLooks.MAX_LOOKS) {
      obstacle = Optional.of(steady(obstacle, differs()));
    }
  }

  private static CallFailure differs() {
    return Unanswered.lasting("the list differs from look to look", null);
  }

  /**
   * Only a 403 says by itself that the versions may not be listed. Of another failure that is
   * believed, at once or after some patience, where nothing is known yet and the key works: what
   * wrapping does not need must not keep anybody from it.
   */
  private void notListed(CallFailure failure) {
    boolean isLasting = failure.isDefinite();
    first.limited(isThrottled(failure));
    if (isLasting && isForbidden(failure)) {
      obstacle = Optional.of(steady(obstacle, failure));
      tracking.notOffered();
    } else if (state() instanceof Unknown && (isLasting || !first.isPatient())) {
      doWithout(failure);
    } else {
      if (isLasting || ++failuresRunning >= FirstLooks.MAX_LOOKS) {
        obstacle = Optional.of(steady(obstacle, failure));
      }
      tracking.failed(failure);
    }
  }

  private void doWithout(CallFailure failure) {
    if (!first.mayTry()) {
      tracking.failed(failure);
      return;
    }
    try {
      // The look may have used up its own time.
      api.tryKey(Deadline.after(TIMEOUT));
      first.tried(false);
      obstacle = Optional.of(steady(obstacle, failure));
      if (first.isPatient()) {
        tracking.notOffered();
      } else {
        tracking.givenUp();
      }
    } catch (CallFailure ofTheKey) {
      first.tried(isThrottled(ofTheKey));
      tracking.failed(ofTheKey);
    }
  }

  private static boolean isThrottled(CallFailure failure) {
    return failure instanceof Refused refused && refused.isThrottled();
  }

  /** The one that is told already, if it is the same but for its request id. */
  static CallFailure steady(Optional<CallFailure> told, CallFailure now) {
    return told.filter(
            before ->
                before instanceof Refused a && now instanceof Refused b
                    ? a.code() == b.code() && a.status().equals(b.status())
                    : before.getClass() == now.getClass())
        .orElse(now);
  }

  static boolean isForbidden(CallFailure failure) {
    return failure instanceof Refused refused && refused.code() == FORBIDDEN;
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
