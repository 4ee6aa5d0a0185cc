package io.github.keywrap.domain;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Runs a call where it arrives: cheaper than any hand-over, for work that cannot wait. */
public final class InlineBulkhead implements Bulkhead {
  @Override
  public <T> CompletableFuture<T> submit(Operation operation, Supplier<T> call, Deadline deadline) {
    try {
      return CompletableFuture.completedFuture(call.get());
    } catch (RuntimeException | Error failure) {
      FatalErrors.raise(failure);
      return CompletableFuture.failedFuture(failure);
    }
  }

  @Override
  public boolean takeTurn(Operation operation) {
    return true;
  }

  @Override
  public void close() {
    // Nothing is kept between calls.
  }
}
