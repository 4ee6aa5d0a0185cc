package io.github.keywrap.jdcloud;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks for the versions of a key after the KMS has refused a call: what the last look saw may be a
 * minute old. A flood of refusals is one question a second, and none waits longer than that for the
 * answer. Changes nothing but what a refusal says. Thread-safe.
 */
final class VersionInquiry {
  /** How long an answer is good for, and how long it is waited for. */
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final KmsApi api;
  private final VersionWatch watch;
  private final ReentrantLock asking = new ReentrantLock();

  /** Guarded by the lock. */
  private Finding last = new Finding(Optional.empty(), System.nanoTime() - SECOND.toNanos());

  private record Finding(Optional<List<KeyVersion>> versions, long at) {}

  VersionInquiry(KmsApi api, VersionWatch watch) {
    this.api = api;
    this.watch = watch;
  }

  /** Versions that may not be used, the newest first; empty if nobody can tell now. */
  Optional<List<KeyVersion>> unusable(Deadline deadline) {
    return versions(deadline).map(KeyVersion::unusable);
  }

  /** The newest version, if it may not be used. */
  Optional<KeyVersion> unusableNewest(Deadline deadline) {
    return versions(deadline)
        .map(versions -> Collections.max(versions, KeyVersion.BY_AGE))
        .filter(newest -> newest.status().isUnusable());
  }

  private Optional<List<KeyVersion>> versions(Deadline deadline) {
    if (!watch.mayAsk()) {
      return Optional.empty();
    }
    Duration remaining = deadline.remaining();
    Deadline soon = Deadline.after(remaining.compareTo(SECOND) < 0 ? remaining : SECOND);
    try {
      return asking.tryLock(soon.remaining().toNanos(), NANOSECONDS) ? ask(soon) : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Optional<List<KeyVersion>> ask(Deadline deadline) {
    try {
      if (System.nanoTime() - last.at() >= SECOND.toNanos()) {
        last = new Finding(listed(deadline), System.nanoTime());
      }
      return last.versions();
    } finally {
      asking.unlock();
    }
  }

  private Optional<List<KeyVersion>> listed(Deadline deadline) {
    try {
      return Optional.of(api.versions(deadline));
    } catch (CallFailure notListed) {
      return Optional.empty();
    }
  }
}
