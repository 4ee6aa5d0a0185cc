package io.github.keywrap.jdcloud;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.Watch;
import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import io.github.keywrap.settings.AssumedRoleSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Temporary credentials of a role, from {@code assumeRole} of JD Cloud's STS. Renewed in the
 * background after two thirds of their time; those at hand stay in use while they are valid,
 * whatever comes of that. Their time is counted here from when they were asked for: the zone of the
 * service's own {@code expiration} is not documented.
 */
final class AssumedRole implements CredentialSource {
  private static final Logger LOG = System.getLogger(AssumedRole.class.getName());
  private static final Duration CHECK = Duration.ofSeconds(10);
  private static final Duration CALL = Duration.ofSeconds(10);

  /** Refusals ask for new credentials no more often. */
  private static final Duration MIN_AGE = Duration.ofSeconds(10);

  private final StsApi sts;
  private final AssumedRoleSettings settings;
  private final LongSupplier clock;
  private final ReentrantLock renewing = new ReentrantLock();
  private final Watch watch = Watch.every(CHECK, "assume-role", this::renewEarly);
  private volatile @Nullable Temporary held;
  private volatile @Nullable String trouble;

  private record Temporary(Credentials credentials, long asked) {}

  /**
   * @param clock {@link System#nanoTime}
   */
  AssumedRole(StsApi sts, AssumedRoleSettings settings, LongSupplier clock) {
    this.sts = sts;
    this.settings = settings;
    this.clock = clock;
  }

  /** Begins to renew in the background. */
  void start() {
    watch.start();
  }

  @Override
  public Credentials current(Deadline deadline) {
    Temporary now = held;
    return now != null && age(now).compareTo(settings.duration()) < 0
        ? now.credentials()
        : renew(now, deadline);
  }

  private Duration age(Temporary temporary) {
    return Duration.ofNanos(clock.getAsLong() - temporary.asked());
  }

  /** Renews if it is time to; the next check tries again what failed. */
  void renewEarly() {
    Temporary now = held;
    Duration due = settings.duration().multipliedBy(2).dividedBy(3);
    if (now != null && age(now).compareTo(due) < 0) {
      return;
    }
    try {
      Credentials _ = renew(now, Deadline.after(CALL));
    } catch (CallFailure failure) {
      if (trouble == null) {
        LOG.log(
            Level.WARNING,
            "role {0} cannot be assumed: {1}",
            settings.role(),
            failure.getMessage());
      }
      trouble = "its role cannot be assumed again: " + failure.getMessage();
    }
  }

  /** One at a time: who waited takes what the other got. */
  @SuppressWarnings("ReferenceEquality") // this one, not one like it
  private Credentials renew(@Nullable Temporary known, Deadline deadline) {
    try {
      if (!renewing.tryLock(deadline.remaining().toNanos(), NANOSECONDS)) {
        throw Unanswered.passing("no temporary credentials yet, STS does not answer", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Unanswered.lasting("interrupted", e);
    }
    try {
      Temporary now = held;
      if (now != null && now != known) {
        return now.credentials();
      }
      long asked = clock.getAsLong();
      Temporary renewed = new Temporary(sts.assumeRole(deadline), asked);
      held = renewed;
      trouble = null;
      return renewed.credentials();
    } finally {
      renewing.unlock();
    }
  }

  @Override
  public void accepted(Credentials used) {}

  @Override
  public Optional<Credentials> afterRefusal(Credentials refused, Deadline deadline) {
    Temporary now = held;
    if (now != null && now.credentials() != refused) {
      return Optional.of(now.credentials());
    }
    if (now == null || age(now).compareTo(MIN_AGE) < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(renew(now, deadline));
    } catch (CallFailure failure) {
      LOG.log(Level.DEBUG, "after a refusal: {0}", failure.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public KeyCondition condition() {
    String reason = trouble;
    return reason == null ? new KeyCondition.Sound() : new KeyCondition.Impaired(reason);
  }

  @Override
  public void close() {
    watch.close();
  }
}
