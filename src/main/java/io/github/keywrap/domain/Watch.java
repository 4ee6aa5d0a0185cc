package io.github.keywrap.domain;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing again and again, on a daemon thread of its own that nobody waits for: sooner when
 * asked, until it is closed. What a round throws is logged, and the next one comes all the same; an
 * error that ends the virtual machine goes to the handler of uncaught ones.
 */
public final class Watch implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Watch.class.getName());
  private static final Duration AFTER_A_DEFECT = Duration.ofSeconds(5);

  private final String name;
  private final Supplier<Duration> round;
  private final ScheduledExecutorService thread;
  private final AtomicBoolean isAskedFor = new AtomicBoolean();

  /** Only the thread uses it. */
  private @Nullable ScheduledFuture<?> next;

  /**
   * @param name of the thread, and in what is logged of a defect
   * @param round returns the pause until the next
   */
  public Watch(String name, Supplier<Duration> round) {
    this.name = name;
    this.round = round;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(name).daemon().factory());
  }

  /** Always with the same pause. */
  public static Watch every(Duration pause, String name, Runnable round) {
    return new Watch(
        name,
        () -> {
          round.run();
          return pause;
        });
  }

  /** Begins with the first round. */
  public void start() {
    thread.execute(this::goOn);
  }

  /** Begins with a pause. */
  public void startAfter(Duration pause) {
    thread.execute(() -> next = later(pause));
  }

  /**
   * Has a round made now, or as soon as the one under way has ended, rather than after the pause.
   * Asked again before that round has ended, it does nothing. Nor does it once this is closed.
   */
  public void soon() {
    if (isAskedFor.compareAndSet(false, true)) {
      try {
        thread.execute(this::goOnOutOfTurn);
      } catch (RejectedExecutionException closed) {
        isAskedFor.set(false);
      }
    }
  }

  private void goOnOutOfTurn() {
    if (next != null) {
      next.cancel(false);
    }
    try {
      goOn();
    } finally {
      isAskedFor.set(false);
    }
  }

  private void goOn() {
    Duration pause = AFTER_A_DEFECT;
    try {
      pause = round.get();
    } catch (RuntimeException | Error defect) {
      FatalErrors.raise(defect);
      LOG.log(Level.ERROR, "{0}: a defect in keywrap: {1}", name, DefectTrace.of(defect));
    } finally {
      next = later(pause);
    }
  }

  private @Nullable ScheduledFuture<?> later(Duration pause) {
    try {
      return thread.schedule(this::goOn, pause.toNanos(), NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      return null;
    }
  }

  /** Makes no round after the one under way, which may be the caller. */
  public void stop() {
    thread.shutdown();
  }

  /** Interrupts the round that is under way, and does not wait for it. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
