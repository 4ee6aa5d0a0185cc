package io.github.keywrap.domain;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.Throttled;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;

/**
 * A bounded pool and queue. A call whose deadline passes while it waits is dropped unsent; one that
 * hangs in the back end is given up at its deadline, though its thread stays busy until the back
 * end returns. Only a full queue refuses.
 */
public final class PooledBulkhead implements Bulkhead {
  private final String name;
  private final ThreadPoolExecutor pool;
  private final OpenCalls calls;

  /**
   * @param name of the key, for messages and thread names
   * @param threads calls that may be in the back end at once
   * @param queue calls that may wait for a thread
   */
  public PooledBulkhead(String name, int threads, int queue) {
    this.name = name;
    this.pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            60,
            SECONDS,
            new ArrayBlockingQueue<>(queue),
            Thread.ofPlatform().name("key-" + name + "-", 0).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    this.calls = new OpenCalls(name, this::timeUp);
  }

  @Override
  public <T> CompletableFuture<T> submit(Supplier<T> call, Deadline deadline) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      pool.execute(() -> run(call, deadline, result));
    } catch (RejectedExecutionException full) {
      return CompletableFuture.failedFuture(refusal());
    }
    calls.add(result, deadline);
    return result;
  }

  private <T> void run(Supplier<T> call, Deadline deadline, CompletableFuture<T> result) {
    if (deadline.isExpired() || result.isDone()) {
      result.completeExceptionally(timeUp());
      return;
    }
    try {
      result.complete(call.get());
    } catch (RuntimeException failure) {
      result.completeExceptionally(failure);
    }
  }

  private KmsException refusal() {
    return pool.isShutdown()
        ? new BackendUnavailable("key \"" + name + "\" is closed", null)
        : new Throttled(
            "key \""
                + name
                + "\" has "
                + pool.getQueue().size()
                + " calls waiting and takes no more; its back end is too slow for this load");
  }

  private BackendUnavailable timeUp() {
    return BackendUnavailable.deadlineExceeded(
        "key \"" + name + "\" did not answer within the time of the call");
  }

  @Override
  public void close() {
    pool.shutdown();
    calls.close();
  }
}
