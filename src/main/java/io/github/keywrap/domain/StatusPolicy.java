package io.github.keywrap.domain;

import java.time.Duration;
import java.util.Optional;

/**
 * Decides what v2 Status answers. kube-apiserver goes on writing with the seed it holds as long as
 * it gets a key id, whatever {@code healthz} says, and stops three minutes after an answer without
 * one. So an outage is reported <em>with</em> the key id, for a bounded time, and a lost key
 * without.
 *
 * @param coast whether writes go on during an outage
 * @param maxCoast for how long
 * @param staleAfter age at which the last probe no longer counts
 */
public record StatusPolicy(boolean coast, Duration maxCoast, Duration staleAfter) {
  /** What to answer. */
  public sealed interface Answer {
    /** All is well. */
    record Ok(KeyId keyId) implements Answer {}

    /** Not well, but writes may go on under this key id. */
    record Degraded(KeyId keyId, String reason) implements Answer {}

    /** Nobody may go on writing: answered as an error. */
    record Refused(String reason) implements Answer {}
  }

  /**
   * Decides by the last probes.
   *
   * @param now {@link System#nanoTime}
   */
  public Answer answer(KeyHealth health, long now) {
    return switch (health) {
      case KeyHealth.Unknown _ -> new Answer.Refused("the key has not been tried yet");
      case KeyHealth.Healthy healthy -> healthy(healthy, now);
      case KeyHealth.Unnamed unnamed -> new Answer.Refused(unnamed.reason());
      case KeyHealth.Outage outage ->
          outage(
              outage.keyId(), outage.cause().getMessage(), Duration.ofNanos(now - outage.since()));
      case KeyHealth.Suspect suspect ->
          outage(
              suspect.keyId(),
              suspect.cause().getMessage(),
              Duration.ofNanos(now - suspect.since()));
      case KeyHealth.Lost lost -> new Answer.Refused(lost.cause().getMessage());
    };
  }

  /** Whether the last probe passed, and is not too long ago to count. */
  public boolean isGood(KeyHealth health, long now) {
    return answer(health, now) instanceof Answer.Ok;
  }

  private Answer healthy(KeyHealth.Healthy healthy, long now) {
    Duration age = Duration.ofNanos(now - healthy.checkedAt());
    return age.compareTo(staleAfter) <= 0
        ? new Answer.Ok(healthy.keyId())
        : outage(
            Optional.of(healthy.keyId()),
            "the key has not answered a probe for " + age.toSeconds() + " s",
            age);
  }

  private Answer outage(Optional<KeyId> keyId, String reason, Duration lasted) {
    boolean coasts = coast && keyId.isPresent() && lasted.compareTo(maxCoast) <= 0;
    return coasts ? new Answer.Degraded(keyId.get(), reason) : new Answer.Refused(reason);
  }
}
