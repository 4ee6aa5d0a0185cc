package io.github.keywrap.jdcloud;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.DefectTrace;
import io.github.keywrap.domain.FatalErrors;
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

/**
 * Looks at the versions of a key now and then, on a thread of its own that no call waits for. What
 * it knows is a snapshot.
 */
final class VersionWatch implements AutoCloseable {
  private static final Logger LOG = System.getLogger(VersionWatch.class.getName());
  private static final Duration AFTER_A_DEFECT = Duration.ofSeconds(5);

  private final String name;
  private final Optional<Duration> interval;
  private final Optional<VersionStore> store;
  private final ScheduledExecutorService thread;

  /** The thread's own. */
  private final VersionLook versions;

  private volatile Seen seen;

  /**
   * What is known.
   *
   * @param obstacle why the versions cannot be listed, if it seems that they never can
   */
  record Seen(VersionState state, Optional<CallFailure> obstacle) {}

  /**
   * @param name of the key in the settings
   * @param interval between two looks; empty: there are none
   * @param store of what earlier processes saw; empty: this one begins anew and leaves nothing
   */
  VersionWatch(String name, KmsApi api, Optional<Duration> interval, Optional<VersionStore> store) {
    this.name = name;
    this.interval = interval;
    this.store = store;
    VersionState known = interval.isEmpty() ? new Untracked() : known(store);
    this.seen = new Seen(known, Optional.empty());
    this.versions = new VersionLook(name, api, known);
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("versions-" + name).daemon().factory());
  }

  private static VersionState known(Optional<VersionStore> store) {
    return store.map(VersionStore::read).orElseGet(() -> new Unknown(Optional.empty()));
  }

  void start() {
    interval.ifPresent(usual -> thread.execute(() -> lookAndRepeat(usual)));
  }

  /** From memory. */
  Seen seen() {
    return seen;
  }

  /** Whether the service may be asked for the list: nobody said that it should not be. */
  boolean mayAsk() {
    return interval.isPresent() && seen.obstacle().filter(VersionLook::isForbidden).isEmpty();
  }

  private void lookAndRepeat(Duration usual) {
    Duration next = AFTER_A_DEFECT;
    try {
      look();
      next = versions.pause(usual);
    } catch (RuntimeException | Error defect) {
      FatalErrors.raise(defect);
      LOG.log(
          Level.ERROR,
          "the versions of key \"{0}\": a defect in keywrap: {1}",
          name,
          DefectTrace.of(defect));
    }
    try {
      ScheduledFuture<?> _ =
          thread.schedule(() -> lookAndRepeat(usual), next.toNanos(), NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.log(Level.DEBUG, "no more looks at the versions of key \"{0}\"", name);
    }
  }

  /** What is seen counts before it is kept: a disk may be slow. */
  private void look() {
    VersionState before = seen.state();
    versions.look();
    seen = new Seen(versions.state(), versions.obstacle());
    if (!before.equals(seen.state())) {
      store.ifPresent(kept -> kept.write(seen.state()));
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
