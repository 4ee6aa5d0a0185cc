package io.github.keywrap.domain;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.ReadBackMismatch;
import io.github.keywrap.domain.KmsException.UnknownKey;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tries one key again and again on a thread of its own, and keeps the outcome as a snapshot that
 * can be read without waiting. A probe wraps 32 random bytes, unwraps them and compares; and what
 * the first probe wrapped must still open, or another key has taken the place of this one.
 */
public final class HealthMonitor implements AutoCloseable {
  private static final Logger LOG = System.getLogger(HealthMonitor.class.getName());
  private static final int PROBE_LENGTH = 32;

  private final String name;
  private final KeyWrapper verified;
  private final Duration interval;
  private final Duration timeout;
  private final SecureRandom random = new SecureRandom();
  private final ScheduledExecutorService thread;
  private final CountDownLatch firstProbe = new CountDownLatch(1);
  private volatile KeyHealth health;

  /** Only the thread of the probes uses it. */
  private KeyCondition lastCondition = new KeyCondition.Sound();

  /** Only the thread of the probes uses it. */
  private @Nullable ScheduledFuture<?> next;

  /** Only the thread of the probes uses it. */
  private @Nullable Sample first;

  /** What a probe wrapped. Its plaintext is random, and no secret. */
  private record Sample(WrappedKey wrapped, byte[] plaintext) {}

  /** Whether a probe was asked for that has not ended yet. */
  private final AtomicBoolean isAskedFor = new AtomicBoolean();

  /** When the probe that is under way began ({@link System#nanoTime}); 0: none is. */
  private volatile long probeBegan;

  /**
   * @param verified reads back every wrap
   * @param interval from the end of a good probe to the next; a failed one is repeated sooner
   * @param timeout deadline of one probe
   */
  public HealthMonitor(String name, KeyWrapper verified, Duration interval, Duration timeout) {
    this.name = name;
    this.verified = verified;
    this.interval = interval;
    this.timeout = timeout;
    this.health = new KeyHealth.Unknown(verified.currentKeyId());
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("probe-" + name).daemon().factory());
  }

  /** Begins to probe, at once. */
  public void start() {
    thread.execute(this::probeAndRepeat);
  }

  /**
   * Probes now rather than after the pause, because a call has just failed. Does nothing while the
   * key is known to fail: then probes are frequent already.
   */
  public void probeNow() {
    if (health instanceof KeyHealth.Healthy && isAskedFor.compareAndSet(false, true)) {
      try {
        thread.execute(this::probeOutOfTurn);
      } catch (RejectedExecutionException closed) {
        isAskedFor.set(false);
      }
    }
  }

  private void probeOutOfTurn() {
    if (next != null) {
      next.cancel(false);
    }
    probeAndRepeat();
  }

  /**
   * Waits until a probe has found out how the key does and its id; returns after {@code most} at
   * the latest.
   */
  public void awaitFirstProbe(Duration most) throws InterruptedException {
    boolean _ = firstProbe.await(most.toNanos(), NANOSECONDS);
  }

  /** The latest outcome, from memory. */
  public KeyHealth health() {
    return health;
  }

  /** What there is to know of the key beside that, from memory. */
  public KeyCondition condition() {
    return verified.condition();
  }

  /** How long the probe that is under way has been so; zero if none is. */
  public Duration probeLasts(long now) {
    long began = probeBegan;
    return began == 0 ? Duration.ZERO : Duration.ofNanos(now - began);
  }

  private void probeAndRepeat() {
    KeyHealth before = health;
    probeBegan = System.nanoTime();
    health = probe(before);
    probeBegan = 0;
    isAskedFor.set(false);
    log(before, health);
    logChanged(condition());
    if (!(health instanceof KeyHealth.Unnamed)) {
      firstProbe.countDown();
    }
    if (!thread.isShutdown()) {
      Duration pause = pause();
      next = thread.schedule(this::probeAndRepeat, pause.toNanos(), NANOSECONDS);
    }
  }

  private KeyHealth probe(KeyHealth before) {
    byte[] bytes = new byte[PROBE_LENGTH];
    random.nextBytes(bytes);
    try (SecretBytes secret = SecretBytes.owning(bytes.clone())) {
      Deadline deadline = Deadline.after(timeout);
      boolean isNamed = verified.currentKeyId().isPresent();
      WrappedKey wrapped = verified.wrap(secret, deadline);
      requireSameKey(new Sample(wrapped, bytes), deadline);
      return isNamed || verified.currentKeyId().filter(wrapped.keyId()::equals).isPresent()
          ? KeyHealth.passed(wrapped.keyId(), System.nanoTime())
          : new KeyHealth.Unnamed(whyUnnamed());
    } catch (KmsException failure) {
      return before.failed(failure, System.nanoTime());
    } catch (RuntimeException defect) {
      if (before instanceof KeyHealth.Healthy || before instanceof KeyHealth.Unknown) {
        LOG.log(Level.ERROR, "probe of key \"" + name + "\" hit a defect in keywrap", defect);
      }
      return before.failed(
          new BackendUnavailable("the probe failed: " + defect.getClass().getSimpleName(), defect),
          System.nanoTime());
    }
  }

  private String whyUnnamed() {
    return switch (condition()) {
      case KeyCondition.Sound _ -> "the key id is not known yet; it will be in a moment";
      case KeyCondition.Impaired(String reason) -> reason;
      case KeyCondition.NeedsRestart(String reason) -> reason;
    };
  }

  /** The first sample of a key id must open for as long as that is the key id. */
  private void requireSameKey(Sample now, Deadline deadline) {
    Sample before = first;
    if (before == null || !before.wrapped().keyId().equals(now.wrapped().keyId())) {
      first = now;
      return;
    }
    try (SecretBytes opened = verified.unwrap(before.wrapped(), deadline)) {
      if (MessageDigest.isEqual(opened.expose(), before.plaintext())) {
        return;
      }
    } catch (InvalidCiphertext | UnknownKey refused) {
      throw anotherKey(refused);
    }
    throw anotherKey(null);
  }

  private static ReadBackMismatch anotherKey(@Nullable KmsException cause) {
    return new ReadBackMismatch(
        "the key does not open what it wrapped earlier: another key is in its place", cause);
  }

  private Duration pause() {
    Duration pause =
        switch (health) {
          case KeyHealth.Healthy _ -> interval;
          case KeyHealth.Unnamed _ -> Duration.ofMillis(500);
          case KeyHealth.Unknown _, KeyHealth.Outage _, KeyHealth.Suspect _, KeyHealth.Lost _ ->
              Duration.ofSeconds(1);
        };
    return interval.compareTo(pause) < 0 ? interval : pause;
  }

  private void log(KeyHealth before, KeyHealth after) {
    if (before.getClass() == after.getClass()) {
      return;
    }
    switch (after) {
      case KeyHealth.Unknown _ -> {}
      case KeyHealth.Healthy healthy ->
          LOG.log(Level.INFO, "key \"{0}\" works; its key id is {1}", name, healthy.keyId());
      case KeyHealth.Unnamed _ ->
          LOG.log(Level.INFO, "key \"{0}\" works; KMS v2 waits until its key id is known", name);
      case KeyHealth.Outage outage -> warn("is unavailable", outage.cause());
      case KeyHealth.Suspect suspect -> warn("may be lost", suspect.cause());
      case KeyHealth.Lost lost ->
          LOG.log(
              Level.ERROR,
              "key \"{0}\" is lost; if it is the active one, kube-apiserver is told to stop writing:"
                  + " {1}",
              name,
              lost.cause().getMessage());
    }
  }

  private void logChanged(KeyCondition condition) {
    if (condition.equals(lastCondition)) {
      return;
    }
    lastCondition = condition;
    switch (condition) {
      case KeyCondition.Sound _ -> LOG.log(Level.INFO, "key \"{0}\" is sound again", name);
      case KeyCondition.Impaired(String reason) ->
          LOG.log(Level.WARNING, "key \"{0}\" works, but: {1}", name, reason);
      case KeyCondition.NeedsRestart(String reason) ->
          LOG.log(Level.ERROR, "key \"{0}\" needs a restart of keywrap: {1}", name, reason);
    }
  }

  private void warn(String what, KmsException cause) {
    LOG.log(Level.WARNING, "key \"{0}\" {1}: {2}", name, what, cause.getMessage());
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
