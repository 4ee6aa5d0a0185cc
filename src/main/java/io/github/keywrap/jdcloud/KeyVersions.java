package io.github.keywrap.jdcloud;

import static java.util.stream.Collectors.joining;

import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import io.github.keywrap.jdcloud.VersionWatch.Seen;
import java.util.List;
import java.util.Optional;

/**
 * The current key id of a key, and what there is to tell of its versions. All from memory: no call
 * waits for the list of versions, and none is refused because of it. Whether a key encrypts, and
 * what it decrypts, the KMS alone says.
 */
final class KeyVersions {
  private final KeyId keyId;
  private final VersionWatch watch;

  /**
   * @param keyId of the key, without a version
   */
  KeyVersions(KeyId keyId, VersionWatch watch) {
    this.keyId = keyId;
    this.watch = watch;
  }

  /** The id of what is wrapped now; empty until it is known. */
  Optional<KeyId> current() {
    return switch (watch.seen().state()) {
      case Unknown _ -> Optional.empty();
      case Untracked _ -> Optional.of(keyId);
      case Tracked(KeyVersion newest, _, _, _) ->
          Optional.of(
              new KeyId(keyId.type(), keyId.identity(), newest.fingerprint(), keyId.generation()));
    };
  }

  /** Which may be why the KMS refuses a ciphertext, the newest first. */
  List<KeyVersion> unusable() {
    return watch.seen().state() instanceof Tracked tracked ? tracked.unusable() : List.of();
  }

  /** Why the newest version may be why the KMS does not encrypt, and what to do. */
  Optional<String> unusableNewest() {
    return watch.seen().state() instanceof Tracked(KeyVersion newest, _, _, _)
            && newest.status().isUnusable()
        ? Optional.of(words(newest))
        : Optional.empty();
  }

  /** What to do about a newest version that may not be used. */
  static String words(KeyVersion newest) {
    return "the newest version of the key is %s: %s, or rotate the key"
        .formatted(newest.status().words(), newest.status().cure());
  }

  KeyCondition condition() {
    Seen seen = watch.seen();
    KeyCondition condition =
        reason(seen)
            .<KeyCondition>map(KeyCondition.Impaired::new)
            .orElseGet(KeyCondition.Sound::new);
    return KeyCondition.all(List.of(condition, olderUnusable(seen)));
  }

  /** May be meant: a version is disabled for a while before it is deleted. */
  private static KeyCondition olderUnusable(Seen seen) {
    if (!(seen.state() instanceof Tracked tracked)) {
      return new KeyCondition.Sound();
    }
    List<KeyVersion> older =
        tracked.unusable().stream().filter(v -> !v.isSameAs(tracked.newest())).toList();
    return older.isEmpty()
        ? new KeyCondition.Sound()
        : new KeyCondition.Noted(
            "what was written under %s does not open until it is enabled"
                .formatted(KeyVersion.words(older)));
  }

  private Optional<String> reason(Seen seen) {
    return switch (seen.state()) {
      case Unknown(Optional<CallFailure> failure) ->
          failure.map(
              known ->
                  "its versions are not known yet (%s): v1 is served, v2 waits for two lists of versions that agree, or for a 403; version-tracking: off does without"
                      .formatted(known.getMessage()));
      // Of a 403 the log tells: many an account may never list.
      case Untracked _ ->
          seen.obstacle().filter(known -> !VersionLook.isForbidden(known)).map(KeyVersions::blind);
      case Tracked tracked ->
          gone(tracked).or(this::unusableNewest).or(() -> seen.obstacle().map(KeyVersions::blind));
    };
  }

  private static String blind(CallFailure obstacle) {
    boolean isThrottled = obstacle instanceof Refused refused && refused.isThrottled();
    return "its versions cannot be listed, and a rotation is not noticed: "
        + (isThrottled ? "the KMS limits calls: " : "")
        + obstacle.getMessage();
  }

  private static Optional<String> gone(Tracked tracked) {
    if (!tracked.isListed()) {
      return Optional.of(
          "the KMS no longer lists version %s, the newest that this node has seen; if that lasts, the key id goes back to the newest one that is listed"
              .formatted(tracked.newest().fingerprint()));
    }
    return tracked.withdrawn().isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s no longer listed, so that the key id has gone back to %s; if that was a deletion, what was written under it is lost; look at the key in the KMS, and rotate it"
                .formatted(were(tracked.withdrawn()), tracked.newest().fingerprint()));
  }

  private static String were(List<KeyVersion> withdrawn) {
    String names = withdrawn.stream().map(KeyVersion::fingerprint).collect(joining(", "));
    return withdrawn.size() == 1
        ? "version %s was the newest and is".formatted(names)
        : "versions %s were the newest and are".formatted(names);
  }
}
