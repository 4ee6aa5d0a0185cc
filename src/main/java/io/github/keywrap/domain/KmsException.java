package io.github.keywrap.domain;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a call failed, in kinds by who can mend it. The kind is chosen where the error is born and
 * translated to a gRPC status once, at the edge. Messages hold no secret and no input bytes.
 */
public abstract sealed class KmsException extends RuntimeException {
  private final String message;

  private KmsException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.message = message;
  }

  @Override
  public final String getMessage() {
    return message;
  }

  /** The ciphertext is altered, truncated or not ours. Nothing is wrong with the plugin. */
  public static final class InvalidCiphertext extends KmsException {
    public InvalidCiphertext(String message) {
      super(message, null);
    }

    /**
     * The one answer to whatever is not authentic: a tag, a MAC or padding behind it that told
     * themselves apart would be an oracle.
     */
    public static InvalidCiphertext notAuthentic() {
      return new InvalidCiphertext("the ciphertext is not authentic: altered or truncated");
    }
  }

  /** The ciphertext was made with a key that is not configured. */
  public static final class UnknownKey extends KmsException {
    public UnknownKey(String message) {
      super(message, null);
    }
  }

  /** The key exists in the settings, but the back end has it disabled, deleted or lost. */
  public static final class KeyUnavailable extends KmsException {
    private final boolean ofVersion;

    public KeyUnavailable(String message, @Nullable Throwable cause) {
      this(message, cause, false);
    }

    private KeyUnavailable(String message, @Nullable Throwable cause, boolean ofVersion) {
      super(message, cause);
      this.ofVersion = ofVersion;
    }

    /** One version of the key, or more, and not the key itself. */
    public static KeyUnavailable ofVersion(String message, @Nullable Throwable cause) {
      return new KeyUnavailable(message, cause, true);
    }

    /** Whether other versions of the key may be as usable as ever. */
    public boolean isOfVersion() {
      return ofVersion;
    }
  }

  /** The back end refuses our credentials or permissions. */
  public static final class AccessDenied extends KmsException {
    public AccessDenied(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Too many calls: a quota of the back end, or this key's own queue is full. */
  public static final class Throttled extends KmsException {
    private final boolean passing;
    private final Duration retryAfter;
    private final Optional<Operation> operation;

    /** One that does not pass while a call can wait. */
    public Throttled(String message) {
      this(message, false, Duration.ZERO, Optional.empty());
    }

    private Throttled(
        String message, boolean passing, Duration retryAfter, Optional<Operation> operation) {
      super(message, null);
      this.passing = passing;
      this.retryAfter = retryAfter;
      this.operation = operation;
    }

    /**
     * The back end limits how often it is called: the same call may go through a little later.
     *
     * @param retryAfter what the back end asks for; zero if it does not say
     */
    public static Throttled passing(String message, Duration retryAfter) {
      return new Throttled(message, true, retryAfter, Optional.empty());
    }

    /** The same, of that operation. */
    Throttled of(Operation limited) {
      return new Throttled(getMessage(), passing, retryAfter, Optional.of(limited));
    }

    /** What is limited, which need not be what was asked for: a wrap may be read back. */
    Optional<Operation> operation() {
      return operation;
    }

    /** Whether the same call may go through a little later. */
    public boolean isPassing() {
      return passing;
    }

    /** How long to wait before that at least. */
    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /** The back end cannot be reached or fails; passes by itself, or with a restart of something. */
  public static final class BackendUnavailable extends KmsException {
    private final boolean deadlineExceeded;

    public BackendUnavailable(String message, @Nullable Throwable cause) {
      this(message, cause, false);
    }

    private BackendUnavailable(
        String message, @Nullable Throwable cause, boolean deadlineExceeded) {
      super(message, cause);
      this.deadlineExceeded = deadlineExceeded;
    }

    /** The back end did not answer within the caller's time. */
    public static BackendUnavailable deadlineExceeded(String message) {
      return new BackendUnavailable(message, null, true);
    }

    /** Whether it was the caller's time that ran out. */
    public boolean isDeadlineExceeded() {
      return deadlineExceeded;
    }
  }

  /**
   * The back end reported success, but what it returned does not open to what was wrapped. The
   * ciphertext is thrown away: stored, it would be a Secret that nobody can ever read.
   */
  public static final class ReadBackMismatch extends KmsException {
    public ReadBackMismatch(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Name of the kind as it stands in metrics and logs, for example {@code invalid_ciphertext}. */
  public final String kind() {
    return switch (this) {
      case InvalidCiphertext _ -> "invalid_ciphertext";
      case UnknownKey _ -> "unknown_key";
      case KeyUnavailable _ -> "key_unavailable";
      case AccessDenied _ -> "access_denied";
      case Throttled _ -> "throttled";
      case BackendUnavailable _ -> "backend_unavailable";
      case ReadBackMismatch _ -> "read_back_mismatch";
    };
  }
}
