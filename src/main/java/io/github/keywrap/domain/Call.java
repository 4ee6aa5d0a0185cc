package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.Throttled;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call to a back end that has not ended yet.
 *
 * @param order in which calls came
 * @param call may be made again after it was throttled
 * @param sending whether it is sent however long calls take as a rule
 */
record Call<T>(
    Operation operation,
    long order,
    Supplier<T> call,
    Deadline deadline,
    CompletableFuture<T> result,
    Sending sending) {

  /** What a call that looks too late is sent for all the same, while there is any time left. */
  enum Sending {
    /** It is not. */
    IN_TIME,
    /** For itself, where nothing is lost by it: unless the back end limits calls. */
    UNLESS_LIMITED,
    /** For what is learnt from it. */
    AS_TRIAL
  }

  /** The same call, sent otherwise. */
  Call<T> sent(Sending other) {
    return new Call<>(operation, order, call, deadline, result, other);
  }

  /** The same call, of which only that operation is left. */
  Call<T> as(Operation left) {
    return new Call<>(left, order, call, deadline, result, sending);
  }

  /** Makes the call, unless nobody waits for it any more; returns why it may be made again. */
  @Nullable Throttled run() {
    if (result.isDone()) {
      return null;
    }
    try {
      complete(call.get());
    } catch (Throttled throttled) {
      if (throttled.isPassing()) {
        return throttled;
      }
      result.completeExceptionally(throttled);
    } catch (RuntimeException | Error failure) {
      result.completeExceptionally(failure);
      FatalErrors.raise(failure);
    }
    return null;
  }

  /** A secret that comes when nobody waits any more is nobody's to close. */
  private void complete(T value) {
    if (!result.complete(value) && value instanceof SecretBytes secret) {
      secret.close();
    }
  }

  void fail(KmsException failure) {
    result.completeExceptionally(failure);
  }
}
