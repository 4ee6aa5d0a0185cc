package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.jdcloud.CallFailure.Refused;

/**
 * What a 403 means. Most are about permissions; the gateway's list (API-Gateway, API_Errorcode) has
 * others, and who looks for a missing permission then looks in vain.
 */
final class Forbidden {
  private Forbidden() {}

  /** Whether the gateway took the request for one that it had before: another one may go well. */
  static boolean isRepetition(Refused refused) {
    return refused.code() == 403 && refused.status().contains("NONCE_CONFLICT");
  }

  static KmsException failure(Refused refused) {
    return isRepetition(refused)
        ? new BackendUnavailable(
            ("the gateway took the request for a repetition of an earlier one (%s): does something"
                    + " between send requests twice?")
                .formatted(refused.getMessage()),
            refused)
        : new AccessDenied(message(refused), refused);
  }

  private static String message(Refused refused) {
    String reason =
        switch (refused.status()) {
          case "USER_NOT_ACTIVATED", "APIGW_USER_NOT_EXITST" ->
              "the account is not there or not activated (%s); activate it in the console";
          case "APIGW_USER_BLACK_LIST" -> "the account is on JD Cloud's black list (%s); ask there";
          case "APIGW_SERVICE_DISABLED", "APIGW_SERVICE_NOT_FOUND" ->
              "the KMS is not activated for the account, or not in this region (%s); activate it in"
                  + " the console";
          case "APIGW_ROLE_NOT_EXITST", "APIGW_ROLE_NOT_ALLOWED" ->
              "the role of the temporary credentials is gone or may not be used (%s); check it";
          case "APIGW_MFA_FAIL" ->
              "the account must sign in with a second factor (%s); use a sub-user for programs";
          default ->
              "the account may not do this with the key (%s); see docs/jdcloud.md, permissions";
        };
    return reason.formatted(refused.getMessage());
  }
}
