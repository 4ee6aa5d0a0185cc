package io.github.keywrap.transport;

import io.github.keywrap.domain.DefectTrace;
import io.github.keywrap.domain.FatalErrors;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.ReadBackMismatch;
import io.github.keywrap.domain.KmsException.Throttled;
import io.github.keywrap.domain.KmsException.UnknownKey;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/** The one translation of failures to gRPC status codes. */
final class GrpcErrors {
  private static final Logger LOG = System.getLogger(GrpcErrors.class.getName());

  private GrpcErrors() {}

  /** A failure of a call as the client sees it; a defect is logged and its details kept back. */
  static StatusRuntimeException translate(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return switch (cause) {
      case KmsException known ->
          status(known).withDescription(known.getMessage()).asRuntimeException();
      case StatusRuntimeException already -> already;
      case CancellationException _ ->
          Status.CANCELLED
              .withDescription("the client has given the call up, or its time was over")
              .asRuntimeException();
      default -> defect(cause);
    };
  }

  static StatusRuntimeException invalidArgument(String message) {
    return Status.INVALID_ARGUMENT.withDescription(message).asRuntimeException();
  }

  private static Status status(KmsException exception) {
    return switch (exception) {
      case InvalidCiphertext _ -> Status.INVALID_ARGUMENT;
      case UnknownKey _ -> Status.NOT_FOUND;
      case KeyUnavailable _ -> Status.FAILED_PRECONDITION;
      case AccessDenied _ -> Status.PERMISSION_DENIED;
      case Throttled _ -> Status.RESOURCE_EXHAUSTED;
      case BackendUnavailable unavailable ->
          unavailable.isDeadlineExceeded() ? Status.DEADLINE_EXCEEDED : Status.UNAVAILABLE;
      case ReadBackMismatch _ -> Status.INTERNAL;
    };
  }

  private static StatusRuntimeException defect(Throwable defect) {
    FatalErrors.raise(defect);
    LOG.log(
        Level.ERROR,
        "a call hit a defect in keywrap; please report it: {0}",
        DefectTrace.of(defect));
    return Status.INTERNAL
        .withDescription("a defect in keywrap, see its log: " + defect.getClass().getSimpleName())
        .asRuntimeException();
  }
}
