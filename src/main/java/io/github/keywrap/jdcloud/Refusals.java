package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.Throttled;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import io.github.keywrap.jdcloud.CallFailure.Unsigned;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Says what a failed call means for the key, by the class of HTTP status: the service's own strings
 * are not documented for the KMS. What a 400 means it finds out by asking for the key's state.
 */
final class Refusals {
  private final KeyDiagnosis diagnosis;
  private final KeyVersions versions;
  private final VersionInquiry inquiry;

  Refusals(KeyDiagnosis diagnosis, KeyVersions versions, VersionInquiry inquiry) {
    this.diagnosis = diagnosis;
    this.versions = versions;
    this.inquiry = inquiry;
  }

  /** What a failed Encrypt means; the plaintext is not at fault, it is checked before. */
  KmsException ofEncrypt(CallFailure failure, Deadline deadline) {
    return switch (failure) {
      case Unsigned unsigned -> unsigned(unsigned, deadline);
      case Unanswered unanswered -> unanswered(unanswered, deadline);
      case Refused refused when isAboutTheRequest(refused) ->
          new KeyUnavailable(
              "the KMS does not encrypt with the key (%s): %s"
                  .formatted(
                      refused.getMessage(),
                      diagnosis
                          .described(deadline)
                          .or(versions::unusableNewest)
                          .or(() -> inquiry.unusableNewest(deadline).map(KeyVersions::words))
                          .orElse("it does not say why; look at the key and its versions there")),
              refused);
      case Refused refused -> refused(refused, deadline);
    };
  }

  /** What a failed Decrypt means. */
  KmsException ofDecrypt(CallFailure failure, Deadline deadline) {
    return switch (failure) {
      case Unsigned unsigned -> unsigned(unsigned, deadline);
      case Unanswered unanswered -> unanswered(unanswered, deadline);
      case Refused refused when isAboutTheRequest(refused) -> undecryptable(refused, deadline);
      case Refused refused -> refused(refused, deadline);
    };
  }

  private KmsException undecryptable(Refused refused, Deadline deadline) {
    Optional<String> reason;
    try {
      reason = diagnosis.unusable(deadline);
    } catch (CallFailure unclear) {
      if (unclear instanceof Refused limited && limited.isThrottled()) {
        return throttled(limited);
      }
      return new BackendUnavailable(
          "the KMS refused the ciphertext (%s), and whether the key is to blame cannot be told: %s"
              .formatted(refused.getMessage(), unclear.getMessage()),
          unclear);
    }
    if (reason.isPresent()) {
      return new KeyUnavailable(
          "the KMS does not decrypt with the key (%s): %s"
              .formatted(refused.getMessage(), reason.get()),
          refused);
    }
    return ofOneCiphertext(refused, inquiry.unusable(deadline));
  }

  /**
   * The key works: why it does not open this one.
   *
   * @param unusable versions now; empty if nobody can tell
   */
  private KmsException ofOneCiphertext(Refused refused, Optional<List<KeyVersion>> unusable) {
    List<KeyVersion> known = unusable.orElseGet(versions::unusable);
    if (!known.isEmpty()) {
      return KeyUnavailable.ofVersion(
          ("the KMS refused the ciphertext (%s): made under a version of the key that is disabled or"
                  + " planned for deletion: %s, which can be enabled in the KMS; or under one that"
                  + " was deleted; or altered, truncated or another key's")
              .formatted(refused.getMessage(), KeyVersion.words(known)),
          refused);
    }
    return new InvalidCiphertext(
        "the KMS refused the ciphertext (%s): altered, truncated or another key's, or made under a"
                .formatted(refused.getMessage())
            + (unusable.isPresent()
                ? " version of the key that was deleted"
                : " version of the key that is disabled or deleted: look there, as its versions"
                    + " cannot be listed here"));
  }

  /** The key works and the KMS answers: 404 is about the key, other 4xx about what was sent. */
  private static boolean isAboutTheRequest(Refused refused) {
    return switch (refused.code()) {
      case 401, 403, 404, 408, 429, 499 -> false;
      default -> refused.code() < 500;
    };
  }

  private KmsException refused(Refused refused, Deadline deadline) {
    return switch (refused.code()) {
      case 401 -> Unauthorized.failure(refused);
      case 403 -> Forbidden.failure(refused);
      case 404 -> new KeyUnavailable(notFound(refused), refused);
      case 408, 429 -> throttled(refused);
      default ->
          deadline.isExpired()
              ? outOfTime(refused.getMessage())
              : new BackendUnavailable(
                  "the KMS failed (%s)".formatted(refused.getMessage()), refused);
    };
  }

  /** By the gateway's list of codes, where it is the gateway that answers. */
  private static String notFound(Refused refused) {
    return refused.status().startsWith("APIGW_")
        ? "the gateway knows no KMS at this address (%s); check the endpoint's host, path and region"
            .formatted(refused.getMessage())
        : "the KMS has no such key (%s); check key-id and the endpoint's region"
            .formatted(refused.getMessage());
  }

  private static Throttled throttled(Refused refused) {
    String message = "the KMS limits calls (%s)".formatted(refused.getMessage());
    return refused.isPassingThrottle()
        ? Throttled.passing(message, refused.retryAfter().orElse(Duration.ZERO))
        : new Throttled(message);
  }

  private static KmsException unsigned(Unsigned unsigned, Deadline deadline) {
    if (unsigned.reason() instanceof Refused refused && refused.isThrottled()) {
      return new Throttled("STS limits calls (%s)".formatted(refused.getMessage()));
    }
    if (unsigned.reason() instanceof Refused refused && refused.code() < 429) {
      return new AccessDenied(
          "the role cannot be assumed (%s); check assume-role, and the permissions of the account"
              .formatted(refused.getMessage()),
          unsigned);
    }
    return deadline.isExpired()
        ? outOfTime(String.valueOf(unsigned.getMessage()))
        : new BackendUnavailable(String.valueOf(unsigned.getMessage()), unsigned);
  }

  private static KmsException unanswered(Unanswered unanswered, Deadline deadline) {
    return deadline.isExpired()
        ? outOfTime(String.valueOf(unanswered.getMessage()))
        : new BackendUnavailable("the KMS cannot be used: " + unanswered.getMessage(), unanswered);
  }

  private static BackendUnavailable outOfTime(String last) {
    return BackendUnavailable.deadlineExceeded(
        "the KMS did not answer within the time of the call; the last attempt: " + last);
  }
}
