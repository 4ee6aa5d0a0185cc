package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.Watch;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import java.time.Duration;
import java.util.Optional;

/**
 * Looks at the versions of a key now and then, on a thread of its own that no call waits for. What
 * it knows is a snapshot.
 */
final class VersionWatch implements AutoCloseable {
  private final Optional<Duration> interval;
  private final Optional<VersionStore> store;
  private final Watch watch;

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
    this.interval = interval;
    this.store = store;
    VersionState known = interval.isEmpty() ? new Untracked() : known(store);
    this.seen = new Seen(known, Optional.empty());
    this.versions = new VersionLook(name, api, known);
    this.watch = new Watch("versions-" + name, this::look);
  }

  private static VersionState known(Optional<VersionStore> store) {
    return store.map(VersionStore::read).orElseGet(() -> new Unknown(Optional.empty()));
  }

  void start() {
    if (interval.isPresent()) {
      watch.start();
    }
  }

  /** From memory. */
  Seen seen() {
    return seen;
  }

  /** Whether the service may be asked for the list: nobody said that it should not be. */
  boolean mayAsk() {
    return interval.isPresent() && seen.obstacle().filter(VersionLook::isForbidden).isEmpty();
  }

  /** What is seen counts before it is kept: a disk may be slow. */
  private Duration look() {
    VersionState before = seen.state();
    versions.look();
    seen = new Seen(versions.state(), versions.obstacle());
    if (!before.equals(seen.state())) {
      store.ifPresent(kept -> kept.write(seen.state()));
    }
    return versions.pause(interval.orElseThrow());
  }

  @Override
  public void close() {
    watch.close();
  }
}
