package io.github.keywrap.device;

import io.github.keywrap.domain.KmsException;
import java.time.Duration;

/** How long to wait before a token is tried again. Each try may be a login. */
final class Pauses {
  private static final long FIRST_MILLIS = 100;
  private static final Duration LONGEST = Duration.ofSeconds(2);

  /** For what only a person can change. */
  private static final Duration LONGEST_FOR_A_PERSON = Duration.ofSeconds(30);

  private Pauses() {}

  /**
   * After some attempts that failed.
   *
   * @param failures in a row, from 1
   */
  static Duration after(KmsException cause, int failures) {
    return switch (cause) {
      case KmsException.KeyUnavailable _, KmsException.UnknownKey _ ->
          doubled(failures, LONGEST_FOR_A_PERSON);
      // A PIN is not tried again until its file changes: looking at that costs no login.
      case KmsException.AccessDenied _, KmsException.BackendUnavailable _ ->
          doubled(failures, LONGEST);
      case KmsException.Throttled _,
          KmsException.InvalidCiphertext _,
          KmsException.ReadBackMismatch _ ->
          doubled(failures, LONGEST);
    };
  }

  /**
   * After a connection was lost.
   *
   * @param soon how many were lost soon after they were made, in a row
   */
  static Duration afterLoss(int soon) {
    return soon == 0 ? Duration.ZERO : doubled(soon, LONGEST);
  }

  private static Duration doubled(int times, Duration longest) {
    Duration pause = Duration.ofMillis(FIRST_MILLIS << Math.min(times - 1, 10));
    return pause.compareTo(longest) < 0 ? pause : longest;
  }
}
