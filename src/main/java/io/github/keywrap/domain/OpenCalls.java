package io.github.keywrap.domain;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/**
 * The calls of one key that have no answer yet. Fails those whose deadline has passed, at most
 * {@value #TICK_MILLIS} ms late and whatever they hang in.
 *
 * <p>A timer for each call, as {@link CompletableFuture#orTimeout} has, wakes a thread for each
 * call: that was 8 % of the rate of a key in a KMS. Here one thread looks at all of them now and
 * then, and rests when there have been none for a while.
 */
@SuppressWarnings("UndefinedEquals") // each is its own key
final class OpenCalls {
  private static final int TICK_MILLIS = 10;
  private static final long TICK = MILLISECONDS.toNanos(TICK_MILLIS);
  private static final long SHORTEST = MILLISECONDS.toNanos(1);
  private static final long LINGER = SECONDS.toNanos(1);

  private final Map<CompletableFuture<?>, Deadline> open = new ConcurrentHashMap<>();
  private final Supplier<? extends Exception> timeUp;
  private final LongUnaryOperator onTick;
  private final Thread watch;
  private volatile boolean isResting;
  private volatile boolean isClosed;

  /**
   * @param timeUp what a call fails with
   * @param onTick told now and then while calls are open, and in how many nanoseconds it would be
   *     again; returns in how many it has to be, if that is sooner
   */
  OpenCalls(String name, Supplier<? extends Exception> timeUp, LongUnaryOperator onTick) {
    this.timeUp = timeUp;
    this.onTick = onTick;
    this.watch = Thread.ofPlatform().name("deadlines-" + name).daemon().start(this::watch);
  }

  /** Fails {@code call} at its deadline, unless it ends before. */
  void add(CompletableFuture<?> call, Deadline deadline) {
    open.put(call, deadline);
    CompletableFuture<?> _ = call.whenComplete((_, _) -> open.remove(call));
    if (isResting) {
      LockSupport.unpark(watch);
    }
  }

  private void watch() {
    long lastOpen = System.nanoTime();
    long pause = TICK;
    while (!isClosed || !open.isEmpty()) {
      long now = System.nanoTime();
      if (!open.isEmpty()) {
        lastOpen = now;
        pause = tick();
        open.forEach(this::failIfLate);
      }
      if (now - lastOpen < LINGER) {
        LockSupport.parkNanos(this, pause);
      } else {
        rest();
      }
    }
  }

  /** Whatever happens there, deadlines pass: this thread is the only one that notices. */
  private long tick() {
    try {
      return Math.clamp(onTick.applyAsLong(TICK), SHORTEST, TICK);
    } catch (RuntimeException | Error defect) {
      FatalErrors.raise(defect);
      return TICK;
    }
  }

  private void failIfLate(CompletableFuture<?> call, Deadline deadline) {
    if (deadline.isExpired()) {
      try {
        call.completeExceptionally(timeUp.get());
      } catch (RuntimeException | Error ofWhoWasTold) {
        FatalErrors.raise(ofWhoWasTold);
      }
    }
  }

  /** Who adds a call sees that this rests, or this sees the call: both are volatile accesses. */
  private void rest() {
    isResting = true;
    if (open.isEmpty() && !isClosed) {
      LockSupport.park(this);
    }
    isResting = false;
  }

  /** Takes care of those that are open, and then ends. */
  void close() {
    isClosed = true;
    LockSupport.unpark(watch);
  }
}
