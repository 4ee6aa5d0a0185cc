package io.github.keywrap.jdcloud;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.UnknownKey;
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
 * Keeps the key id in step with the versions of the key, by looking at them now and then on a
 * thread of its own. What is asked of it is answered from memory.
 */
final class KeyVersions implements AutoCloseable {
  private static final Logger LOG = System.getLogger(KeyVersions.class.getName());
  private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int FORBIDDEN = 403;

  /** A caller's ciphertext may ask for a look no more often. */
  private static final Duration LEAST_BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final String name;
  private final KeyId keyId;
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
   * @param keyId of the key, without a version
   * @param interval between two looks; empty: there are none, and the key id has no version
   */
  KeyVersions(
      String name, KeyId keyId, KmsApi api, Optional<Duration> interval, VersionStore store) {
    this.name = name;
    this.keyId = keyId;
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

  /** The id of what is wrapped now; empty until it is known. */
  Optional<KeyId> current() {
    return switch (state) {
      case Unknown _ -> Optional.empty();
      case Untracked _ -> Optional.of(keyId);
      case Tracked tracked -> Optional.of(of(tracked));
    };
  }

  private KeyId of(Tracked tracked) {
    return new KeyId(
        keyId.type(), keyId.identity(), tracked.newest().fingerprint(), keyId.generation());
  }

  /**
   * The id to wrap under; looks for it if it is not known yet.
   *
   * @throws KeyUnavailable if the newest version may not be used
   * @throws BackendUnavailable if the id is not known yet
   */
  KeyId forWrapping(Deadline deadline) {
    if (state instanceof Unknown) {
      lookFor(() -> !(state instanceof Unknown), deadline);
    }
    return switch (state) {
      case Unknown(String reason) ->
          throw new BackendUnavailable(
              "the versions of the key are not known yet: " + reason, null);
      case Untracked _ -> keyId;
      case Tracked tracked -> {
        KeyStatus status = tracked.newest().status();
        if (status.isUnusable()) {
          throw new KeyUnavailable(
              "the newest version of the key is %s: %s, or rotate the key"
                  .formatted(status.words(), status.cure()),
              null);
        }
        yield of(tracked);
      }
    };
  }

  /**
   * Lets a key id of this key pass if its version was listed at any time; looks again if it is new.
   *
   * @throws UnknownKey if the version is not one of the key's
   * @throws BackendUnavailable if that cannot be told
   */
  void require(KeyId claimed, Deadline deadline) {
    if (isKnown(claimed)) {
      return;
    }
    long asked = System.nanoTime();
    lookFor(() -> isKnown(claimed), deadline);
    if (!isKnown(claimed)) {
      throw state instanceof Tracked && listedAt - asked >= 0
          ? new UnknownKey("the key has never had the version of key id " + claimed)
          : new BackendUnavailable(
              "whether the key has the version of key id %s cannot be told: the KMS does not list them"
                  .formatted(claimed),
              null);
    }
  }

  /** Where versions cannot be listed, any will do: the KMS itself finds the right one. */
  private boolean isKnown(KeyId claimed) {
    return claimed.version().isEmpty()
        || switch (state) {
          case Unknown _ -> false;
          case Untracked _ -> true;
          case Tracked tracked -> tracked.listed().contains(claimed.version());
        };
  }

  /** Whether a version other than the newest may be why the KMS refuses a ciphertext. */
  boolean haveUnusable() {
    return state instanceof Tracked tracked && tracked.hasUnusable();
  }

  KeyCondition condition() {
    return state instanceof Tracked tracked && !tracked.isListed()
        ? new KeyCondition.Impaired(
            "the KMS no longer lists the newest version that this node has seen; rotate the key")
        : new KeyCondition.Sound();
  }

  /**
   * Sees to a look that begins after this call; callers share one, and there are not too many.
   *
   * @param isFound whether none is needed any more
   */
  private void lookFor(BooleanSupplier isFound, Deadline deadline) {
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
        tracking.failed(refused.getMessage());
      }
    } catch (CallFailure | KmsException failure) {
      tracking.failed(String.valueOf(failure.getMessage()));
    }
    VersionState before = state;
    state = tracking.state();
    if (!before.equals(state)) {
      changed(before);
    }
  }

  private void changed(VersionState before) {
    store.write(state);
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
          LOG.log(Level.INFO, "key \"{0}\": its key id is {1}", name, of(tracked));
        }
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
