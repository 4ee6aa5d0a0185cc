package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.ReadBackMismatch;
import io.github.keywrap.domain.KmsException.Throttled;
import io.github.keywrap.domain.KmsException.UnknownKey;
import java.util.Optional;

/**
 * What the probes so far say about one key. Immutable; each state leads to the next by the result
 * of one probe. Times are those of {@link System#nanoTime}.
 */
public sealed interface KeyHealth {
  /**
   * No probe has ended yet.
   *
   * @param keyId what the back end knows of it from an earlier life, whether or not it answers now
   */
  record Unknown(Optional<KeyId> keyId) implements KeyHealth {}

  /** The last probe wrapped and unwrapped under that key id. */
  record Healthy(KeyId keyId, long checkedAt) implements KeyHealth {}

  /**
   * The last probe wrapped and unwrapped, but the key id is not known: KMS v1, which needs none, is
   * served, and v2 waits.
   *
   * @param reason as a sentence
   */
  record Unnamed(String reason) implements KeyHealth {}

  /**
   * The back end is away; nothing says that the key is lost.
   *
   * @param since of the last good probe, or of the first that failed if there was none
   */
  record Outage(Optional<KeyId> keyId, KmsException cause, long since) implements KeyHealth {}

  /**
   * Since the last good probe, one said that the key is lost or refused; the next to say so
   * decides, however often the back end is away in between.
   *
   * @param cause what that one said
   * @param since as of an outage, which it may have begun as
   */
  record Suspect(Optional<KeyId> keyId, KmsException cause, long since) implements KeyHealth {}

  /**
   * Since the last good probe, two said that the key is lost or refused, or wraps what it cannot
   * open. It stays so until one passes.
   */
  record Lost(KmsException cause, long since) implements KeyHealth {}

  /** The state after a probe that passed. */
  static KeyHealth passed(KeyId keyId, long now) {
    return new Healthy(keyId, now);
  }

  /** The state after a probe that failed. */
  default KeyHealth failed(KmsException cause, long now) {
    return tellsOfLoss(cause) ? refused(cause, now) : unanswered(cause, now);
  }

  private KeyHealth refused(KmsException cause, long now) {
    return switch (this) {
      case Suspect suspect -> new Lost(cause, suspect.since());
      case Lost lost -> new Lost(cause, lost.since());
      case Unknown _, Healthy _, Unnamed _, Outage _ ->
          new Suspect(lastKeyId(), cause, failingSince(now));
    };
  }

  private KeyHealth unanswered(KmsException cause, long now) {
    return switch (this) {
      case Suspect _, Lost _ -> this;
      case Unknown _, Healthy _, Unnamed _, Outage _ ->
          new Outage(lastKeyId(), cause, failingSince(now));
    };
  }

  /** One beginning for all kinds of failure, and for probes that hung before one failed. */
  private long failingSince(long now) {
    return switch (this) {
      case Healthy healthy -> healthy.checkedAt();
      case Outage outage -> outage.since();
      case Suspect suspect -> suspect.since();
      case Lost lost -> lost.since();
      case Unknown _, Unnamed _ -> now;
    };
  }

  /** The same with what the back end has come to know since, where no key id was known. */
  default KeyHealth named(Optional<KeyId> keyId) {
    return switch (this) {
      case Outage(Optional<KeyId> known, KmsException cause, long since) when known.isEmpty() ->
          new Outage(keyId, cause, since);
      case Suspect(Optional<KeyId> known, KmsException cause, long since) when known.isEmpty() ->
          new Suspect(keyId, cause, since);
      case Unknown _, Healthy _, Unnamed _, Outage _, Suspect _, Lost _ -> this;
    };
  }

  /** The key id that was good before, unless the key is lost. */
  default Optional<KeyId> lastKeyId() {
    return switch (this) {
      case Healthy healthy -> Optional.of(healthy.keyId());
      case Outage outage -> outage.keyId();
      case Suspect suspect -> suspect.keyId();
      case Unknown unknown -> unknown.keyId();
      case Unnamed _, Lost _ -> Optional.empty();
    };
  }

  private static boolean tellsOfLoss(KmsException cause) {
    return switch (cause) {
      case BackendUnavailable _, Throttled _ -> false;
      case KeyUnavailable _, AccessDenied _, UnknownKey _ -> true;
      case InvalidCiphertext _, ReadBackMismatch _ -> true;
    };
  }
}
