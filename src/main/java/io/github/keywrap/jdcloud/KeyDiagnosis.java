package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import java.time.Duration;
import java.util.Optional;

/** Finds out why a key cannot be used, after the KMS has refused a call. Thread-safe. */
final class KeyDiagnosis {
  /** How long an answer is good for: a flood of bad ciphertexts is one question. */
  private static final Duration MEMORY = Duration.ofSeconds(1);

  private final KmsApi api;
  private volatile Finding last =
      new Finding(Optional.empty(), System.nanoTime() - MEMORY.toNanos());

  private record Finding(Optional<String> reason, long at) {}

  KeyDiagnosis(KmsApi api) {
    this.api = api;
  }

  /** What the KMS says of the key, if it has a reason and tells. */
  Optional<String> described(Deadline deadline) {
    try {
      return reason(api.describe(deadline));
    } catch (CallFailure notDescribed) {
      return Optional.empty();
    }
  }

  /**
   * Why the key cannot be used; empty if it can.
   *
   * @throws CallFailure if that cannot be told
   */
  Optional<String> unusable(Deadline deadline) {
    Finding found = last;
    if (System.nanoTime() - found.at() < MEMORY.toNanos()) {
      return found.reason();
    }
    Optional<String> reason = find(deadline);
    last = new Finding(reason, System.nanoTime());
    return reason;
  }

  private Optional<String> find(Deadline deadline) {
    try {
      return reason(api.describe(deadline));
    } catch (CallFailure notDescribed) {
      boolean isThrottled = notDescribed instanceof Refused refused && refused.isThrottled();
      if (!isThrottled && (notDescribed instanceof Refused || notDescribed.isDefinite())) {
        return tryOut(deadline);
      }
      throw notDescribed;
    }
  }

  private Optional<String> tryOut(Deadline deadline) {
    try {
      api.tryKey(deadline);
      return Optional.empty();
    } catch (Refused refused) {
      if (refused.isThrottled()) {
        throw refused;
      }
      return Optional.of("it does not encrypt either (%s)".formatted(refused.getMessage()));
    }
  }

  private static Optional<String> reason(KeyStatus status) {
    return status.isUnusable()
        ? Optional.of("it is %s; %s".formatted(status.words(), status.cure()))
        : Optional.empty();
  }
}
