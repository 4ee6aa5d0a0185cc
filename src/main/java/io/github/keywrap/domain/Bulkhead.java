package io.github.keywrap.domain;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Where the calls of one key run, so that one back end's trouble stays its own. Two kinds: {@link
 * InlineBulkhead} for back ends that only compute, {@link PooledBulkhead} for those that can wait.
 */
public sealed interface Bulkhead extends AutoCloseable permits InlineBulkhead, PooledBulkhead {
  /**
   * Runs {@code call}. The future ends no later than the deadline, whatever the back end does; it
   * fails with {@link KmsException} where the call did or could not run in time.
   *
   * @param call may be made again after it was throttled; a {@link SecretBytes} that it returns
   *     when the future has ended is closed
   */
  <T> CompletableFuture<T> submit(Operation operation, Supplier<T> call, Deadline deadline);

  /**
   * Whether a call that runs may ask the back end for more at once. Where it may not, it throws
   * {@link KmsException.Throttled} of that operation, and is run again when it may.
   */
  boolean takeTurn(Operation operation);

  /** Takes no more calls and does not wait for those that run. */
  @Override
  void close();
}
