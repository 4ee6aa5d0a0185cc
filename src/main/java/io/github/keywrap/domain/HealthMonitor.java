package io.github.keywrap.domain;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.KeyProbe.Finding;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Tries one key again and again on a thread of its own, and keeps the outcome as a snapshot that
 * can be read without waiting; see {@link KeyProbe} for what it tries.
 */
public final class HealthMonitor implements AutoCloseable {
  /** For so long a probe that was throttled leaves a key as well as it was. */
  private static final Duration THROTTLED_GRACE = Duration.ofHours(1);

  /** How often it is looked whether the key id of a key that works is known, which is no call. */
  private static final Duration LOOK_FOR_NAME = Duration.ofMillis(500);

  private final HealthLog log;
  private final KeyWrapper verified;
  private final KeyProbe probe;
  private final Duration interval;
  private final Watch watch;
  private final CountDownLatch firstProbe = new CountDownLatch(1);
  private volatile KeyHealth health;
  private volatile Reads reads = Reads.UNKNOWN;
  private volatile boolean hasPassed;
  private volatile boolean isAskedFor;

  /** When a probe last passed ({@link System#nanoTime}). Only the thread of the probes uses it. */
  private long lastPassed = System.nanoTime();

  private final LastingLimit limit = new LastingLimit();

  /** When the last probe began. Only the thread of the probes uses it. */
  private long lastProbe = lastPassed;

  /** When the probe that is under way began ({@link System#nanoTime}); 0: none is. */
  private volatile long probeBegan;

  /** Watches over the active key. */
  public HealthMonitor(String name, KeyWrapper verified, Duration interval, Duration timeout) {
    this(name, verified, KeyRole.WRAPS, interval, timeout, new LastOpened());
  }

  /**
   * @param verified reads back every wrap
   * @param interval from the end of a good probe to the next; a failed one is repeated sooner
   * @param timeout deadline of each call of a probe
   * @param opened by whoever calls the key
   */
  public HealthMonitor(
      String name,
      KeyWrapper verified,
      KeyRole role,
      Duration interval,
      Duration timeout,
      LastOpened opened) {
    this.log = new HealthLog(name);
    this.verified = verified;
    this.probe = new KeyProbe(verified, role, timeout, opened);
    this.interval = interval;
    this.health = new KeyHealth.Unknown(verified.currentKeyId());
    this.watch = new Watch("probe-" + name, this::probeOnce);
  }

  /** Begins to probe, at once. */
  public void start() {
    watch.start();
  }

  /**
   * Probes now rather than after the pause, because a call has just failed. Does nothing while the
   * key is known to fail: then probes are frequent already.
   */
  public void probeNow() {
    if (health instanceof KeyHealth.Healthy || health instanceof KeyHealth.Unnamed) {
      isAskedFor = true;
      watch.soon();
    }
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

  /**
   * Whether the last probe found that what the key wraps opens, from memory. One that was throttled
   * has found nothing, though the key is as well as it was.
   */
  public boolean hasPassed() {
    return hasPassed;
  }

  /** Whether a key that is not healthy still opens what it wrapped, from memory. */
  public Reads reads() {
    return reads;
  }

  /** What there is to know of the key beside that, from memory. */
  public KeyCondition condition() {
    return KeyCondition.all(List.of(limit.condition(), verified.condition()));
  }

  /** How long the probe that is under way has been so; zero if none is. */
  public Duration probeLasts(long now) {
    long began = probeBegan;
    return began == 0 ? Duration.ZERO : Duration.ofNanos(now - began);
  }

  private Duration probeOnce() {
    if (waitsForName()) {
      health = new KeyHealth.Unnamed(whyUnnamed());
      return LOOK_FOR_NAME;
    }
    lastProbe = System.nanoTime();
    isAskedFor = false;
    KeyHealth before = health;
    Reads readsBefore = reads;
    probeBegan = System.nanoTime();
    long passedBefore = lastPassed;
    health = probe(before).named(verified.currentKeyId());
    hasPassed = lastPassed != passedBefore;
    if (!(health instanceof KeyHealth.Healthy) && !limit.isInForce()) {
      reads = readsNow();
    }
    probeBegan = 0;
    try {
      log.probed(before, readsBefore, health, reads);
      log.condition(condition());
    } catch (RuntimeException | Error defect) {
      FatalErrors.raise(defect);
    }
    if (!(health instanceof KeyHealth.Unnamed)) {
      firstProbe.countDown();
    }
    return pause();
  }

  /** A key that works is not asked again before the usual time because its id is missing. */
  private boolean waitsForName() {
    return health instanceof KeyHealth.Unnamed
        && !isAskedFor
        && verified.currentKeyId().isEmpty()
        && System.nanoTime() - lastProbe < interval.toNanos();
  }

  private Reads readsNow() {
    try {
      return probe.reads();
    } catch (RuntimeException | Error defect) {
      FatalErrors.raise(defect);
      log.readsUntold(defect);
      return Reads.UNKNOWN;
    }
  }

  private KeyHealth probe(KeyHealth before) {
    try {
      Finding finding = probe.run();
      if (!(finding instanceof Finding.Fails(Throttled _))) {
        limit.ended();
      }
      return switch (finding) {
        case Finding.Works(KeyId keyId) -> {
          works();
          yield KeyHealth.passed(keyId, lastPassed);
        }
        case Finding.WorksUnnamed _ -> {
          works();
          yield new KeyHealth.Unnamed(whyUnnamed());
        }
        case Finding.Untold _ -> before;
        case Finding.Fails(Throttled throttled) -> throttled(before, throttled);
        case Finding.Fails(KmsException cause) -> before.failed(cause, System.nanoTime());
      };
    } catch (RuntimeException | Error defect) {
      FatalErrors.raise(defect);
      if (before instanceof KeyHealth.Healthy || before instanceof KeyHealth.Unknown) {
        log.defect(defect);
      }
      return before.failed(
          new BackendUnavailable("the probe failed: " + defect.getClass().getSimpleName(), defect),
          System.nanoTime());
    }
  }

  private void works() {
    reads = Reads.WORK;
    lastPassed = System.nanoTime();
  }

  private String whyUnnamed() {
    return switch (condition()) {
      case KeyCondition.Sound _, KeyCondition.Noted _ ->
          "the key id is not known yet; it will be in a moment";
      case KeyCondition.Impaired(String reason) -> reason;
      case KeyCondition.NeedsRestart(String reason) -> reason;
    };
  }

  /** The back end is there and says nothing against the key: that is no outage. */
  private KeyHealth throttled(KeyHealth before, Throttled cause) {
    limit.throttled(cause);
    long now = System.nanoTime();
    boolean isPatient = now - lastPassed < THROTTLED_GRACE.toNanos();
    return switch (before) {
      case KeyHealth.Healthy healthy when isPatient -> KeyHealth.passed(healthy.keyId(), now);
      case KeyHealth.Unnamed _ when isPatient -> before;
      case KeyHealth.Healthy _, KeyHealth.Unnamed _, KeyHealth.Unknown _ ->
          before.failed(cause, now);
      case KeyHealth.Outage _, KeyHealth.Suspect _, KeyHealth.Lost _ -> before;
    };
  }

  /** A back end that limits calls is not asked more often than one that is well. */
  private Duration pause() {
    Duration pause =
        switch (health) {
          case KeyHealth.Healthy _, KeyHealth.Unknown _ -> interval;
          case KeyHealth.Unnamed _ -> LOOK_FOR_NAME;
          case KeyHealth.Outage _, KeyHealth.Suspect _, KeyHealth.Lost _ -> Duration.ofSeconds(1);
        };
    boolean isLimited = limit.isInForce() && !(health instanceof KeyHealth.Unnamed);
    return isLimited || interval.compareTo(pause) < 0 ? interval : pause;
  }

  @Override
  public void close() {
    watch.close();
  }
}
