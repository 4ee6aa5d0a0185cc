package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import java.time.Duration;

/** What a 401 means: the credentials, or this node's clock. */
final class Unauthorized {
  /** A clock that is further off than this is named as the likely cause of a 401. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

  private Unauthorized() {}

  static AccessDenied failure(Refused refused) {
    return new AccessDenied(message(refused), refused);
  }

  private static String message(Refused refused) {
    String base = "the KMS refused the credentials (%s)".formatted(refused.getMessage());
    return refused
        .clockDrift()
        .filter(drift -> drift.abs().compareTo(CLOCK_TOLERANCE) > 0)
        .map(
            drift ->
                "%s; this node's clock is %s the KMS's: set it right"
                    .formatted(
                        base, words(drift.abs()) + (drift.isNegative() ? " behind" : " ahead of")))
        .orElseGet(() -> base + blame(refused.status()));
  }

  /** By the gateway's list of codes (API-Gateway, API_Errorcode). */
  private static String blame(String status) {
    return switch (status) {
      case "APIGW_KEY_NOT_EXITST" -> ": there is no such access key; check access-key";
      case "APIGW_KEY_DISABLED" -> ": the access key is disabled; enable it, or use another";
      case "APIGW_SIGN_RESULT_NOT_SAME" ->
          ": the secret key is not the one of the access key, or something on the way alters"
              + " requests; check access-key and secret-key";
      default -> "; check access-key and secret-key";
    };
  }

  private static String words(Duration drift) {
    Duration rounded = drift.plusSeconds(30);
    return rounded.toHours() >= 2 ? rounded.toHours() + " hours" : rounded.toMinutes() + " minutes";
  }
}
