package io.github.keywrap.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.SecretBytes;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** What both APIs do alike with requests and responses. */
final class Requests {
  private Requests() {}

  /** The caller's deadline, but no later than {@code callTimeout} from now. */
  static Deadline deadline(Duration callTimeout) {
    io.grpc.Deadline callers = Context.current().getDeadline();
    long limit = callTimeout.toNanos();
    return Deadline.after(
        Duration.ofNanos(
            callers == null
                ? limit
                : Math.min(limit, callers.timeRemaining(TimeUnit.NANOSECONDS))));
  }

  static void requirePlaintext(ByteString plaintext) {
    if (plaintext.isEmpty()) {
      throw GrpcErrors.invalidArgument("the plaintext is empty: there is nothing to wrap");
    }
    if (plaintext.size() > KeyWrapper.MAX_PLAINTEXT) {
      throw GrpcErrors.invalidArgument(
          "the plaintext is %d bytes long, and at most %d can be wrapped"
              .formatted(plaintext.size(), KeyWrapper.MAX_PLAINTEXT));
    }
  }

  /** A copy that can be wiped. */
  static SecretBytes secret(ByteString plaintext) {
    return SecretBytes.owning(plaintext.toByteArray());
  }

  /** A copy for a message; protobuf gives no way to wipe it. */
  static ByteString message(SecretBytes secret) {
    return ByteString.copyFrom(secret.expose());
  }

  /** Wraps the bytes without a copy: they must not change any more. */
  static ByteString message(byte[] ciphertext) {
    return UnsafeByteOperations.unsafeWrap(ciphertext);
  }

  /**
   * Answers when the future ends, or cancels it when the client has gone.
   *
   * @param response makes the answer of the result, which is its own from then on
   */
  static <V, T> void answer(
      CompletableFuture<V> result, Function<V, T> response, StreamObserver<T> observer) {
    if (observer instanceof ServerCallStreamObserver<T> call) {
      call.setOnCancelHandler(() -> result.cancel(false));
    }
    CompletableFuture<?> _ =
        result.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                observer.onNext(response.apply(value));
                observer.onCompleted();
              } else {
                observer.onError(GrpcErrors.translate(failure));
              }
            });
  }
}
