package io.github.keywrap.jdcloud;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Looks at the versions of a key now and then, on a thread of its own, and sooner when a caller
 * needs it. What it knows is a snapshot that can be read without waiting.
 */
final class VersionWatch implements AutoCloseable {
  private static final Logger LOG = System.getLogger(VersionWatch.class.getName());
  private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofSeconds(5);

  /** Callers may ask for a look no more often. */
  private static final Duration LEAST_BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final String name;
  private final Optional<Duration> interval;
  private final ScheduledExecutorService thread;

  /** Held during a look. */
  private final ReentrantLock looking = new ReentrantLock();

  /** Used during a look only. */
  private final VersionLook versions;

  private volatile VersionState state;
  private volatile Optional<CallFailure> obstacle = Optional.empty();
  private volatile long listedAt = System.nanoTime();
  private volatile long lookBegan = System.nanoTime() - LEAST_BETWEEN_LOOKS.toNanos();

  /**
   * @param name of the key in the settings
   * @param interval between two looks; empty: there are none
   */
  VersionWatch(String name, KmsApi api, Optional<Duration> interval, VersionStore store) {
    this.name = name;
    this.interval = interval;
    this.state = interval.isPresent() ? store.read() : new Untracked();
    this.versions = new VersionLook(name, api, store, state);
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("versions-" + name).daemon().factory());
  }

  void start() {
    if (interval.isPresent()) {
      thread.execute(this::lookAndRepeat);
    }
  }

  VersionState state() {
    return state;
  }

  /** Why the versions cannot be listed, if it seems that they never can. */
  Optional<CallFailure> obstacle() {
    return obstacle;
  }

  /** When a look last listed the versions ({@link System#nanoTime}). */
  long listedAt() {
    return listedAt;
  }

  /**
   * Sees to a look that begins after this call; callers share one, and there are not too many.
   *
   * @param isFound whether none is needed any more
   */
  void lookFor(BooleanSupplier isFound, Deadline deadline) {
    long asked = System.nanoTime();
    try {
      if (!looking.tryLock(deadline.remaining().toNanos(), NANOSECONDS)) {
        return;
      }
      try {
        if (lookBegan - asked < 0 && !isFound.getAsBoolean()) {
          awaitTurn(deadline);
          look(deadline);
        }
      } finally {
        looking.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitTurn(Deadline deadline) throws InterruptedException {
    long wait = lookBegan + LEAST_BETWEEN_LOOKS.toNanos() - System.nanoTime();
    long most = Math.min(wait, deadline.remaining().toNanos());
    if (most > 0) {
      NANOSECONDS.sleep(most);
    }
  }

  private void lookAndRepeat() {
    Duration next = SOON;
    looking.lock();
    try {
      look(Deadline.after(LOOK_TIMEOUT));
      next = pause();
    } catch (RuntimeException defect) {
      LOG.log(Level.ERROR, "the versions of key \"" + name + "\": a defect in keywrap", defect);
    } finally {
      looking.unlock();
    }
    try {
      ScheduledFuture<?> _ = thread.schedule(this::lookAndRepeat, next.toNanos(), NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.log(Level.DEBUG, "no more looks at the versions of key \"{0}\"", name);
    }
  }

  private Duration pause() {
    Duration usual = interval.orElseThrow();
    boolean isSettled = !versions.isUndecided() && !isUnsound();
    return isSettled || usual.compareTo(SOON) < 0 ? usual : SOON;
  }

  private boolean isUnsound() {
    return state instanceof Tracked tracked
        && (!tracked.isListed() || tracked.newest().status().isUnusable());
  }

  private void look(Deadline deadline) {
    lookBegan = System.nanoTime();
    boolean isListed = versions.look(deadline);
    state = versions.state();
    obstacle = versions.obstacle();
    if (isListed) {
      listedAt = System.nanoTime();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
