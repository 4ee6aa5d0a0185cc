package io.github.keywrap.jdcloud;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
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
  private static final int FORBIDDEN = 403;

  /** Callers may ask for a look no more often. */
  private static final Duration LEAST_BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final String name;
  private final KmsApi api;
  private final Optional<Duration> interval;
  private final VersionStore store;
  private final VersionTracking tracking;
  private final ScheduledExecutorService thread;

  /** Held during a look. */
  private final ReentrantLock looking = new ReentrantLock();

  private volatile VersionState state;
  private volatile long listedAt = System.nanoTime();
  private volatile long lookBegan = System.nanoTime() - LEAST_BETWEEN_LOOKS.toNanos();

  /**
   * @param name of the key in the settings
   * @param interval between two looks; empty: there are none
   */
  VersionWatch(String name, KmsApi api, Optional<Duration> interval, VersionStore store) {
    this.name = name;
    this.api = api;
    this.interval = interval;
    this.store = store;
    this.state = interval.isPresent() ? store.read() : new Untracked();
    this.tracking = new VersionTracking(state);
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
    looking.lock();
    try {
      look(Deadline.after(LOOK_TIMEOUT));
    } catch (RuntimeException defect) {
      LOG.log(Level.ERROR, "the versions of key \"" + name + "\": a defect in keywrap", defect);
    } finally {
      looking.unlock();
    }
    Duration pause = interval.orElseThrow();
    boolean isSettled = !tracking.isUndecided() && !isUnsound();
    Duration next = isSettled || pause.compareTo(SOON) < 0 ? pause : SOON;
    try {
      ScheduledFuture<?> _ = thread.schedule(this::lookAndRepeat, next.toNanos(), NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.log(Level.DEBUG, "no more looks at the versions of key \"{0}\"", name);
    }
  }

  private boolean isUnsound() {
    return state instanceof Tracked tracked
        && (!tracked.isListed() || tracked.newest().status().isUnusable());
  }

  private void look(Deadline deadline) {
    lookBegan = System.nanoTime();
    try {
      tracking.listed(api.versions(deadline));
      listedAt = System.nanoTime();
    } catch (Refused refused) {
      if (refused.code() == FORBIDDEN) {
        tracking.forbidden();
      } else {
        tracking.failed(refused);
      }
    } catch (CallFailure failure) {
      tracking.failed(failure);
    }
    VersionState before = state;
    state = tracking.state();
    if (!before.equals(state)) {
      store.write(state);
      tell(before);
    }
  }

  private void tell(VersionState before) {
    switch (state) {
      case Unknown _ -> {}
      case Untracked _ ->
          LOG.log(
              Level.WARNING,
              "key \"{0}\": its versions may not be listed (403), so that its key id has none and a"
                  + " rotation is not noticed; allow describeKeyDetail, or set version-tracking: off",
              name);
      case Tracked tracked -> {
        if (!(before instanceof Tracked old)
            || !old.newest().fingerprint().equals(tracked.newest().fingerprint())) {
          LOG.log(
              Level.INFO,
              "key \"{0}\": the newest version is {1}",
              name,
              tracked.newest().fingerprint());
        }
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
