package io.github.keywrap.app;

import io.github.keywrap.config.ConfigurationException;
import io.github.keywrap.config.Problem;
import io.github.keywrap.domain.BackEnd;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KeyRole;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.RingKey;
import io.github.keywrap.observe.KeyMetrics;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.SecretSource;
import io.github.keywrap.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Opens the keys of the settings. */
public final class KeyRings {
  private static final Duration SECRET_PAUSE = Duration.ofSeconds(1);

  private final Settings settings;
  private final MeterRegistry registry;
  private final BiFunction<KeySettings, BackEnd, KeyWrapper> opener;
  private final List<Problem> problems = new ArrayList<>();

  /** A key that is open, and not yet one of the ring. */
  private record Opened(KeySettings key, BackEnd backEnd, KeyWrapper wrapper) {
    boolean isSameKeyAs(Opened earlier) {
      return wrapper.currentKeyId().filter(earlier.wrapper::opens).isPresent();
    }
  }

  private KeyRings(
      Settings settings,
      MeterRegistry registry,
      BiFunction<KeySettings, BackEnd, KeyWrapper> opener) {
    this.settings = settings;
    this.registry = registry;
    this.opener = opener;
  }

  /**
   * Opens all keys; their probes are not started. A key with a secret that is not there yet is
   * opened when it is.
   *
   * @throws ConfigurationException with the problems of all keys
   */
  public static KeyRing open(Settings settings, MeterRegistry registry) {
    return new KeyRings(settings, registry, KeyRings::openOrAwait).open();
  }

  /**
   * Like {@link #open}, for a look at the keys that changes nothing. That a token refuses a PIN is
   * recorded all the same.
   *
   * @throws ConfigurationException with the problems of all keys
   */
  public static KeyRing openToTry(Settings settings, MeterRegistry registry) {
    return new KeyRings(settings, registry, (key, backEnd) -> backEnd.openToTry()).open();
  }

  /** How many calls to a key its back end has throttled, of a ring with that registry. */
  public static long throttled(RingKey key, MeterRegistry registry) {
    return KeyMetrics.throttled(registry, key.name());
  }

  private static KeyWrapper openOrAwait(KeySettings key, BackEnd backEnd) {
    return key.secrets().stream().anyMatch(SecretSource::isMissingYet)
        ? new AwaitedKeyWrapper(
            key.name(), key.secrets(), backEnd::open, backEnd.form()::names, SECRET_PAUSE)
        : backEnd.open();
  }

  private KeyRing open() {
    List<Opened> opened = settings.keys().stream().flatMap(key -> open(key).stream()).toList();
    refuseSameKeyTwice(opened);
    if (!problems.isEmpty()) {
      opened.forEach(key -> key.wrapper().close());
      throw new ConfigurationException(problems);
    }
    return new KeyRing(
        settings.active().name(),
        opened.stream().map(this::assembled).toList(),
        settings.bareKey());
  }

  private Optional<Opened> open(KeySettings key) {
    BackEnd backEnd = BackEnds.of(key);
    try {
      return Optional.of(new Opened(key, backEnd, opener.apply(key, backEnd)));
    } catch (OperatorException e) {
      problems.add(new Problem("key " + key.name(), e.getMessage(), e.hint()));
    }
    return Optional.empty();
  }

  private void refuseSameKeyTwice(List<Opened> opened) {
    for (int i = 0; i < opened.size(); i++) {
      Opened later = opened.get(i);
      opened.subList(0, i).stream()
          .filter(later::isSameKeyAs)
          .forEach(
              earlier ->
                  problems.add(
                      new Problem(
                          "key " + later.key().name(),
                          "is the same key as " + earlier.key().name(),
                          "drop one of the two")));
    }
  }

  private RingKey assembled(Opened opened) {
    KeySettings key = opened.key();
    KeyRole role = key.equals(settings.active()) ? KeyRole.WRAPS : KeyRole.READS;
    return new KeyAssembly(settings, registry, key.name(), key.pool(), role)
        .assemble(opened.backEnd(), opened.wrapper());
  }
}
