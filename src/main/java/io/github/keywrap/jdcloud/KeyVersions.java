package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.UnknownKey;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import java.util.Optional;

/** The key ids of one key: which to wrap under, and which are its own. */
final class KeyVersions {
  private static final int SERVER_ERROR = 500;

  private final KeyId keyId;
  private final VersionWatch watch;

  /**
   * @param keyId of the key, without a version
   */
  KeyVersions(KeyId keyId, VersionWatch watch) {
    this.keyId = keyId;
    this.watch = watch;
  }

  /** The id of what is wrapped now, from memory; empty until it is known. */
  Optional<KeyId> current() {
    return switch (watch.state()) {
      case Unknown _ -> Optional.empty();
      case Untracked _ -> Optional.of(keyId);
      case Tracked tracked -> Optional.of(of(tracked));
    };
  }

  private KeyId of(Tracked tracked) {
    return new KeyId(
        keyId.type(), keyId.identity(), tracked.newest().fingerprint(), keyId.generation());
  }

  /**
   * The id to wrap under; looks for it if it is not known yet.
   *
   * @throws KeyUnavailable if the newest version may not be used
   * @throws BackendUnavailable if the id cannot be known
   * @throws CallFailure if that is for a reason that stands in the way of every call
   */
  KeyId forWrapping(Deadline deadline) {
    if (watch.state() instanceof Unknown) {
      watch.lookFor(() -> !(watch.state() instanceof Unknown), deadline);
    }
    return switch (watch.state()) {
      case Unknown(Optional<CallFailure> failure) -> throw unknown(failure);
      case Untracked _ -> keyId;
      case Tracked tracked -> {
        KeyStatus status = tracked.newest().status();
        if (status.isUnusable()) {
          throw new KeyUnavailable(
              "the newest version of the key is %s: %s, or rotate the key"
                  .formatted(status.words(), status.cure()),
              null);
        }
        yield of(tracked);
      }
    };
  }

  /** A key that works, and a list that fails for now. */
  private static RuntimeException unknown(Optional<CallFailure> failure) {
    return failure
        .map(
            known ->
                known instanceof Refused refused && refused.code() >= SERVER_ERROR
                    ? notYet(refused.getMessage() + "; version-tracking: off does without them")
                    : known)
        .orElseGet(() -> notYet("the KMS has not answered yet"));
  }

  private static BackendUnavailable notYet(String reason) {
    return new BackendUnavailable("the versions of the key are not known yet: " + reason, null);
  }

  /**
   * Lets a key id of this key pass if its version was listed at any time; looks again if it is new.
   *
   * @throws UnknownKey if the version is not one of the key's
   * @throws BackendUnavailable if that cannot be told
   */
  void require(KeyId claimed, Deadline deadline) {
    if (isKnown(claimed)) {
      return;
    }
    long asked = System.nanoTime();
    watch.lookFor(() -> isKnown(claimed), deadline);
    if (!isKnown(claimed)) {
      throw watch.state() instanceof Tracked && watch.listedAt() - asked >= 0
          ? new UnknownKey("the key has never had the version of key id " + claimed)
          : new BackendUnavailable(
              "whether the key has the version of key id %s cannot be told: the KMS does not list them"
                  .formatted(claimed),
              null);
    }
  }

  /** Where versions cannot be listed, any will do: the KMS itself finds the right one. */
  private boolean isKnown(KeyId claimed) {
    return claimed.version().isEmpty()
        || switch (watch.state()) {
          case Unknown _ -> false;
          case Untracked _ -> true;
          case Tracked tracked -> tracked.listed().contains(claimed.version());
        };
  }

  /** Whether a version may be why the KMS refuses a ciphertext. */
  boolean haveUnusable() {
    return watch.state() instanceof Tracked tracked && tracked.hasUnusable();
  }

  KeyCondition condition() {
    if (!(watch.state() instanceof Tracked tracked)) {
      return new KeyCondition.Sound();
    }
    if (!tracked.isListed()) {
      return new KeyCondition.Impaired(
          "the KMS no longer lists the newest version that this node has seen; rotate the key");
    }
    return watch
        .obstacle()
        .<KeyCondition>map(
            failure ->
                new KeyCondition.Impaired(
                    "its versions can no longer be listed, and a rotation is not noticed: "
                        + failure.getMessage()))
        .orElseGet(KeyCondition.Sound::new);
  }
}
