package io.github.keywrap.observe;

import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyHealth;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.ReadBackKeyWrapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/**
 * The meters of one key. {@code keywrap_wraps_total} matters most: random IVs allow 2^32 wraps
 * under one key, over all nodes (NIST SP 800-38D, 8.3).
 */
public final class KeyMetrics {
  private static final String KEY = "key";
  private static final String KIND = "kind";
  private static final String FAILURES = "keywrap.failures";

  private final MeterRegistry registry;
  private final String name;
  private final Counter wraps;
  private final Counter unwraps;
  private final ReadBacks readBacks;

  /**
   * @param name of the key in the settings
   */
  public KeyMetrics(MeterRegistry registry, String name) {
    this.registry = registry;
    this.name = name;
    this.wraps =
        Counter.builder("keywrap.wraps")
            .description("Wraps under the key, on this node since the start")
            .tag(KEY, name)
            .register(registry);
    this.unwraps =
        Counter.builder("keywrap.unwraps")
            .description("Unwraps with the key")
            .tag(KEY, name)
            .register(registry);
    this.readBacks = new ReadBacks(registry, name);
  }

  /** Adds gauges: whether the last probe passed, and whether there is something to mend. */
  public void observe(Supplier<KeyHealth> health, Supplier<KeyCondition> condition) {
    Gauge.builder("keywrap.key.healthy", () -> hasPassed(health.get()) ? 1 : 0)
        .description("1 if the last probe of the key passed")
        .tag(KEY, name)
        .register(registry);
    Gauge.builder("keywrap.key.impaired", () -> isImpaired(condition.get()) ? 1 : 0)
        .description("1 if something is wrong that calls do not notice yet; readyz says what")
        .tag(KEY, name)
        .register(registry);
  }

  private static boolean isImpaired(KeyCondition condition) {
    return switch (condition) {
      case KeyCondition.Sound _, KeyCondition.Noted _ -> false;
      case KeyCondition.Impaired _, KeyCondition.NeedsRestart _ -> true;
    };
  }

  private static boolean hasPassed(KeyHealth health) {
    return health instanceof KeyHealth.Healthy || health instanceof KeyHealth.Unnamed;
  }

  void wrapped() {
    wraps.increment();
  }

  void unwrapped() {
    unwraps.increment();
  }

  /** How many calls to that key were throttled. */
  public static long throttled(MeterRegistry registry, String key) {
    return registry.find(FAILURES).tag(KEY, key).tag(KIND, "throttled").counters().stream()
        .mapToLong(counter -> (long) counter.count())
        .sum();
  }

  void failed(String operation, KmsException failure) {
    Counter.builder(FAILURES)
        .description("Calls to the key that failed")
        .tag(KEY, name)
        .tag("operation", operation)
        .tag(KIND, failure.kind())
        .register(registry)
        .increment();
  }

  /** Where all read-backs of the key report to. */
  public ReadBackKeyWrapper.Findings readBacks() {
    return readBacks;
  }
}
