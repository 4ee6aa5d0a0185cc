package io.github.keywrap.domain;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.keywrap.domain.Call.Sending;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded pool and queue. A call whose deadline passes while it waits is dropped unsent; one that
 * hangs in the back end is given up at its deadline, though its thread stays busy until the back
 * end returns. A call that the back end throttles waits and is made again, where the time for that
 * is left; it holds no thread meanwhile. Unwraps go before wraps.
 */
public final class PooledBulkhead implements Bulkhead {
  private final String name;
  private final ThreadPoolExecutor pool;
  private final CallQueue queue;
  private final OpenCalls calls;
  private final AtomicLong order = new AtomicLong();

  /**
   * For a back end that does not limit how often it is called.
   *
   * @param name of the key, for messages and thread names
   * @param threads calls that may be in the back end at once
   * @param queue calls that may wait for a thread
   */
  public PooledBulkhead(String name, int threads, int queue) {
    this(name, threads, queue(name, threads, threads, queue, new Paces()));
  }

  /**
   * For a remote back end: no operation that hangs there takes all threads from the other, and
   * calls keep to {@code paces}.
   */
  public static PooledBulkhead remote(String name, int threads, int queue, Paces paces) {
    int share = Math.max(1, threads - threads / 4);
    return new PooledBulkhead(name, threads, queue(name, threads, share, queue, paces));
  }

  private static CallQueue queue(String name, int threads, int share, int capacity, Paces paces) {
    return new CallQueue(name, threads, share, capacity, paces, System::nanoTime);
  }

  private PooledBulkhead(String name, int threads, CallQueue queue) {
    this.name = name;
    this.queue = queue;
    this.pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            60,
            SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("key-" + name + "-", 0).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    this.calls = new OpenCalls(name, this::timeUp, this::tick);
  }

  @Override
  public <T> CompletableFuture<T> submit(Operation operation, Supplier<T> call, Deadline deadline) {
    CompletableFuture<T> result = new CompletableFuture<>();
    KmsException refusal =
        queue.offer(
            new Call<>(
                operation, order.getAndIncrement(), call, deadline, result, Sending.IN_TIME));
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    calls.add(result, deadline);
    startWorkers();
    return result;
  }

  @Override
  public boolean takeTurn(Operation operation) {
    return queue.takeTurn(operation);
  }

  private void startWorkers() {
    try {
      while (queue.claimWorker()) {
        pool.execute(this::work);
      }
    } catch (RejectedExecutionException closed) {
      queue.unclaimWorker();
      queue.abandon();
    }
  }

  private void work() {
    for (Call<?> call = queue.next(); call != null; call = queue.next()) {
      @Nullable Duration took = null;
      try {
        took = make(call);
      } finally {
        queue.ended(call, took);
      }
    }
  }

  /** Returns how long it took, or null if the back end did not do what it was asked for. */
  private @Nullable Duration make(Call<?> call) {
    if (call.deadline().isExpired()) {
      call.fail(timeUp());
      return null;
    }
    long began = System.nanoTime();
    @Nullable Throttled throttled = call.run();
    if (throttled != null) {
      queue.again(call, throttled);
      return null;
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Calls whose turn comes with time have nobody else to start them. */
  private long tick(long most) {
    queue.weed();
    startWorkers();
    return queue.untilNext(most);
  }

  private BackendUnavailable timeUp() {
    return BackendUnavailable.deadlineExceeded(
        "key \"" + name + "\" did not answer within the time of the call");
  }

  @Override
  public void close() {
    queue.close();
    pool.shutdown();
    calls.close();
  }
}
