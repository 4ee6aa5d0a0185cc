package io.github.keywrap.app;

import io.github.keywrap.domain.BackEnd;
import io.github.keywrap.domain.Breakers;
import io.github.keywrap.domain.Bulkhead;
import io.github.keywrap.domain.DekLengthKeyWrapper;
import io.github.keywrap.domain.FailFastKeyWrapper;
import io.github.keywrap.domain.HealthMonitor;
import io.github.keywrap.domain.InlineBulkhead;
import io.github.keywrap.domain.KeyRole;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.LastOpened;
import io.github.keywrap.domain.Paces;
import io.github.keywrap.domain.PooledBulkhead;
import io.github.keywrap.domain.ReadBackKeyWrapper;
import io.github.keywrap.domain.RingKey;
import io.github.keywrap.observe.KeyMetrics;
import io.github.keywrap.observe.MeteredKeyWrapper;
import io.github.keywrap.settings.PoolSettings;
import io.github.keywrap.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * Makes a wrapper a key of the ring: metered, read back, paced where it is remote, with a place
 * where its calls run and a probe.
 */
final class KeyAssembly {
  private final Settings settings;
  private final String name;
  private final PoolSettings pool;
  private final KeyRole role;
  private final KeyMetrics metrics;
  private final LastOpened last = new LastOpened();

  /**
   * @param settings of the whole program
   * @param name of the key in them
   */
  KeyAssembly(
      Settings settings, MeterRegistry registry, String name, PoolSettings pool, KeyRole role) {
    this.settings = settings;
    this.name = name;
    this.pool = pool;
    this.role = role;
    this.metrics = new KeyMetrics(registry, name);
  }

  /** The key of the ring, which owns the wrapper from now on. */
  RingKey assemble(BackEnd backEnd, KeyWrapper opened) {
    KeyWrapper metered =
        last.watching(new MeteredKeyWrapper(new DekLengthKeyWrapper(opened, name), metrics));
    return backEnd.isRemote() ? remote(backEnd, metered) : nearby(backEnd, metered);
  }

  private RingKey nearby(BackEnd backEnd, KeyWrapper metered) {
    HealthMonitor monitor = monitor(metered);
    return new RingKey(name, backEnd.form(), readBack(metered, monitor), bulkhead(), monitor);
  }

  /** Breakers and paces are below the read-back: each request of a call is judged for itself. */
  private RingKey remote(BackEnd backEnd, KeyWrapper metered) {
    Paces paces = new Paces();
    Breakers breakers = new Breakers();
    KeyWrapper paced = paces.learningFrom(metered);
    HealthMonitor monitor = monitor(breakers.watching(paces.counting(paced)));
    KeyWrapper failingFast = new FailFastKeyWrapper(paced, breakers, monitor::probeNow);
    return new RingKey(
        name,
        backEnd.form(),
        readBack(failingFast, monitor),
        PooledBulkhead.remote(name, pool.threads(), pool.queue(), paces),
        monitor);
  }

  private ReadBackKeyWrapper readBack(KeyWrapper wrapper, HealthMonitor monitor) {
    return new ReadBackKeyWrapper(
        wrapper, settings.verifyWrap(), readBacks(monitor), monitor::hasPassed);
  }

  /** What passes unread is made up for by a probe, which finds out soon what that one may be. */
  private ReadBackKeyWrapper.Findings readBacks(HealthMonitor monitor) {
    ReadBackKeyWrapper.Findings counted = metrics.readBacks();
    return new ReadBackKeyWrapper.Findings() {
      @Override
      public void mismatch() {
        counted.mismatch();
        monitor.probeNow();
      }

      @Override
      public void unread(Duration took) {
        counted.unread(took);
        monitor.probeNow();
      }
    };
  }

  /** Probes do not go through what calls do: they find out when that may let calls pass again. */
  private HealthMonitor monitor(KeyWrapper probed) {
    KeyWrapper verified = ReadBackKeyWrapper.always(probed, metrics.readBacks());
    HealthMonitor monitor =
        new HealthMonitor(
            name, verified, role, settings.healthInterval(), settings.callTimeout(), last);
    metrics.observe(monitor::health, monitor::condition);
    return monitor;
  }

  private Bulkhead bulkhead() {
    return pool.threads() == 0
        ? new InlineBulkhead()
        : new PooledBulkhead(name, pool.threads(), pool.queue());
  }
}
