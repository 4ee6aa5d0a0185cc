package io.github.keywrap.jdcloud;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a request brought no result, before it is known what that means for a key. Holds nothing that
 * the service wrote in words of its own: that might repeat what it was sent.
 */
abstract sealed class CallFailure extends RuntimeException {
  private final String message;

  private CallFailure(String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
    this.message = message;
  }

  @Override
  public final String getMessage() {
    return message;
  }

  /** Whether the same call, signed anew, may go better in a moment. */
  abstract boolean isWorthRetrying();

  /** Whether the same call will bring the same tomorrow, unless somebody changes something. */
  abstract boolean isDefinite();

  /** The service itself said no, in its own format. */
  static final class Refused extends CallFailure {
    /** In place of a status or a request id that was not sent. */
    static final String NONE = "(none)";

    private final int code;
    private final String status;
    private final Optional<Duration> clockDrift;
    private final Optional<Duration> retryAfter;

    /**
     * @param code as HTTP has them, 400 to 599
     * @param status the service's own name of it
     * @param clockDrift how far this node's clock is ahead of the service's, if that is known
     */
    Refused(int code, String status, String requestId, Optional<Duration> clockDrift) {
      this(words(code, status, requestId), code, status, clockDrift, Optional.empty());
    }

    private static String words(int code, String status, String requestId) {
      return status.equals(NONE) && requestId.equals(NONE)
          ? "HTTP %d, not in JD Cloud's form".formatted(code)
          : "%d %s, request id %s".formatted(code, status, requestId);
    }

    private Refused(
        String message,
        int code,
        String status,
        Optional<Duration> clockDrift,
        Optional<Duration> retryAfter) {
      super(message, null);
      this.code = code;
      this.status = status;
      this.clockDrift = clockDrift;
      this.retryAfter = retryAfter;
    }

    /** The same, from a response that says when to call again. */
    Refused withRetryAfter(Optional<Duration> pause) {
      return new Refused(getMessage(), code, status, clockDrift, pause);
    }

    int code() {
      return code;
    }

    String status() {
      return status;
    }

    Optional<Duration> clockDrift() {
      return clockDrift;
    }

    /** How long the service asks to wait, if it does. */
    Optional<Duration> retryAfter() {
      return retryAfter;
    }

    /** Whether there were too many calls. */
    boolean isThrottled() {
      return code == 429 || code == 408;
    }

    /** Whether that passes within a call's time. */
    boolean isPassingThrottle() {
      return isThrottled() && !status.equals("QUOTA_EXCEEDED");
    }

    @Override
    boolean isDefinite() {
      return !isThrottled() && !isWorthRetrying();
    }

    /** Throttled calls are not tried again here: who made them knows when it is their turn. */
    @Override
    boolean isWorthRetrying() {
      return switch (code) {
        case 403 -> Forbidden.isRepetition(this);
        default -> code >= 500;
      };
    }
  }

  /** There was no answer, or none that can be used. */
  static final class Unanswered extends CallFailure {
    private final boolean worthRetrying;
    private final boolean definite;

    private Unanswered(
        String message, @Nullable Throwable cause, boolean worthRetrying, boolean definite) {
      super(message, cause);
      this.worthRetrying = worthRetrying;
      this.definite = definite;
    }

    /** No connection, or no answer on it. */
    static Unanswered passing(String message, @Nullable Throwable cause) {
      return new Unanswered(message, cause, true, false);
    }

    /** No answer in all the time there was, though a second request may have been sent. */
    static Unanswered inTime(String message, @Nullable Throwable cause) {
      return new Unanswered(message, cause, false, false);
    }

    /** Something that will be the same the next time. */
    static Unanswered lasting(String message, @Nullable Throwable cause) {
      return new Unanswered(message, cause, false, true);
    }

    @Override
    boolean isWorthRetrying() {
      return worthRetrying;
    }

    @Override
    boolean isDefinite() {
      return definite;
    }
  }

  /** There were no credentials to sign with: the role could not be assumed. */
  static final class Unsigned extends CallFailure {
    private final CallFailure reason;

    /**
     * @param reason what STS answered, after attempts of its own
     */
    Unsigned(CallFailure reason) {
      super("no temporary credentials from STS: " + reason.getMessage(), reason);
      this.reason = reason;
    }

    CallFailure reason() {
      return reason;
    }

    @Override
    boolean isWorthRetrying() {
      return false;
    }

    @Override
    boolean isDefinite() {
      return reason.isDefinite();
    }
  }
}
