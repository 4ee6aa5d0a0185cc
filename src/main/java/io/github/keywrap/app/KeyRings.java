package io.github.keywrap.app;

import io.github.keywrap.config.ConfigurationException;
import io.github.keywrap.config.Problem;
import io.github.keywrap.domain.Breakers;
import io.github.keywrap.domain.Bulkhead;
import io.github.keywrap.domain.CiphertextForm;
import io.github.keywrap.domain.DekLengthKeyWrapper;
import io.github.keywrap.domain.FailFastKeyWrapper;
import io.github.keywrap.domain.HealthMonitor;
import io.github.keywrap.domain.InlineBulkhead;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KeyRole;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.LastOpened;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.Paces;
import io.github.keywrap.domain.PooledBulkhead;
import io.github.keywrap.domain.ReadBackKeyWrapper;
import io.github.keywrap.domain.RingKey;
import io.github.keywrap.jdcloud.JdCloudKeys;
import io.github.keywrap.local.LocalKeys;
import io.github.keywrap.observe.KeyMetrics;
import io.github.keywrap.observe.MeteredKeyWrapper;
import io.github.keywrap.pkcs11.Pkcs11Keys;
import io.github.keywrap.pkcs11.SunPkcs11Keys;
import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.PoolSettings;
import io.github.keywrap.settings.SecretSource;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Opens the keys of the settings: the one place that knows every type of back end. */
public final class KeyRings {
  private static final Duration SECRET_PAUSE = Duration.ofSeconds(1);

  private final Settings settings;
  private final MeterRegistry registry;
  private final Function<KeySettings, KeyWrapper> opener;
  private final List<Problem> problems = new ArrayList<>();

  private KeyRings(
      Settings settings, MeterRegistry registry, Function<KeySettings, KeyWrapper> opener) {
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
    return new KeyRings(
            settings,
            registry,
            key ->
                key instanceof JdCloudKeySettings jdCloud
                    ? JdCloudKeys.openToTry(jdCloud)
                    : openKey(key))
        .open();
  }

  /** How many calls to a key its back end has throttled, of a ring with that registry. */
  public static long throttled(RingKey key, MeterRegistry registry) {
    return KeyMetrics.throttled(registry, key.name());
  }

  private KeyRing open() {
    Map<KeySettings, KeyWrapper> wrappers = new LinkedHashMap<>();
    for (KeySettings key : settings.keys()) {
      openWrapper(key).ifPresent(wrapper -> wrappers.put(key, wrapper));
    }
    refuseSameKeyTwice(wrappers);
    if (!problems.isEmpty()) {
      wrappers.values().forEach(KeyWrapper::close);
      throw new ConfigurationException(problems);
    }
    List<RingKey> keys =
        wrappers.entrySet().stream().map(key -> ringKey(key.getKey(), key.getValue())).toList();
    return new KeyRing(settings.active().name(), keys, settings.bareKey());
  }

  /**
   * Opens one key, bare: neither metered nor read back.
   *
   * @throws OperatorException if it cannot be opened
   */
  public static KeyWrapper openKey(KeySettings key) {
    return switch (key) {
      case LocalKeySettings local -> LocalKeys.open(local);
      case Pkcs11KeySettings pkcs11 -> Pkcs11Keys.open(pkcs11);
      case SunPkcs11KeySettings sunPkcs11 -> SunPkcs11Keys.open(sunPkcs11);
      case JdCloudKeySettings jdCloud -> JdCloudKeys.open(jdCloud);
    };
  }

  private static KeyWrapper openOrAwait(KeySettings key) {
    List<SecretSource> secrets = KeySecrets.of(key);
    return secrets.stream().anyMatch(SecretSource::isMissingYet)
        ? new AwaitedKeyWrapper(
            key.name(), secrets, () -> openKey(key), keyId -> isOf(key, keyId), SECRET_PAUSE)
        : openKey(key);
  }

  /** Whether that can be said of the id before the key is open. */
  private static boolean isOf(KeySettings key, KeyId keyId) {
    return switch (form(key)) {
      case CiphertextForm.Enveloped() -> false;
      case CiphertextForm.Bare(KeyId ofKey) ->
          keyId.type().equals(ofKey.type()) && keyId.identity().equals(ofKey.identity());
    };
  }

  private static CiphertextForm form(KeySettings key) {
    return switch (key) {
      case LocalKeySettings _, Pkcs11KeySettings _, SunPkcs11KeySettings _ ->
          new CiphertextForm.Enveloped();
      case JdCloudKeySettings jdCloud -> new CiphertextForm.Bare(JdCloudKeys.keyId(jdCloud));
    };
  }

  /** A remote back end that is down costs each call its time; a token finds out by itself. */
  private static boolean isRemote(KeySettings key) {
    return switch (key) {
      case LocalKeySettings _, Pkcs11KeySettings _, SunPkcs11KeySettings _ -> false;
      case JdCloudKeySettings _ -> true;
    };
  }

  private Optional<KeyWrapper> openWrapper(KeySettings key) {
    try {
      return Optional.of(opener.apply(key));
    } catch (OperatorException e) {
      problems.add(new Problem("key " + key.name(), e.getMessage(), e.hint()));
    }
    return Optional.empty();
  }

  private void refuseSameKeyTwice(Map<KeySettings, KeyWrapper> wrappers) {
    List<Map.Entry<KeySettings, KeyWrapper>> opened = List.copyOf(wrappers.entrySet());
    for (int i = 0; i < opened.size(); i++) {
      for (Map.Entry<KeySettings, KeyWrapper> earlier : opened.subList(0, i)) {
        KeyWrapper later = opened.get(i).getValue();
        if (later.currentKeyId().filter(earlier.getValue()::opens).isPresent()) {
          problems.add(
              new Problem(
                  "key " + opened.get(i).getKey().name(),
                  "is the same key as " + earlier.getKey().name(),
                  "drop one of the two"));
        }
      }
    }
  }

  private RingKey ringKey(KeySettings key, KeyWrapper opened) {
    KeyMetrics metrics = new KeyMetrics(registry, key.name());
    LastOpened last = new LastOpened();
    KeyWrapper metered =
        last.watching(new MeteredKeyWrapper(new DekLengthKeyWrapper(opened, key.name()), metrics));
    return isRemote(key)
        ? remote(key, metered, metrics, last)
        : nearby(key, metered, metrics, last);
  }

  private RingKey nearby(KeySettings key, KeyWrapper metered, KeyMetrics metrics, LastOpened last) {
    KeyWrapper verified = verified(metered, metrics);
    return new RingKey(
        key.name(),
        form(key),
        sampled(metered, metrics),
        verified,
        bulkhead(key),
        monitor(key, verified, metrics, last));
  }

  /** Breakers and paces are below the read-back: each request of a call is judged for itself. */
  private RingKey remote(KeySettings key, KeyWrapper metered, KeyMetrics metrics, LastOpened last) {
    Paces paces = new Paces();
    Breakers breakers = new Breakers();
    KeyWrapper paced = paces.learningFrom(metered);
    HealthMonitor monitor =
        monitor(key, verified(breakers.watching(paced), metrics), metrics, last);
    KeyWrapper failingFast = new FailFastKeyWrapper(paced, breakers, monitor::probeNow);
    return new RingKey(
        key.name(),
        form(key),
        sampled(failingFast, metrics),
        verified(failingFast, metrics),
        PooledBulkhead.remote(key.name(), key.pool().threads(), key.pool().queue(), paces),
        monitor);
  }

  private KeyWrapper sampled(KeyWrapper wrapper, KeyMetrics metrics) {
    return new ReadBackKeyWrapper(wrapper, settings.verifyWrap(), metrics.readBacks());
  }

  private static KeyWrapper verified(KeyWrapper wrapper, KeyMetrics metrics) {
    return new ReadBackKeyWrapper(wrapper, ReadBackKeyWrapper.Policy.ALWAYS, metrics.readBacks());
  }

  private HealthMonitor monitor(
      KeySettings key, KeyWrapper verified, KeyMetrics metrics, LastOpened last) {
    KeyRole role = key.equals(settings.active()) ? KeyRole.WRAPS : KeyRole.READS;
    HealthMonitor monitor =
        new HealthMonitor(
            key.name(), verified, role, settings.healthInterval(), settings.callTimeout(), last);
    metrics.observe(monitor::health, monitor::condition);
    return monitor;
  }

  private static Bulkhead bulkhead(KeySettings key) {
    PoolSettings pool = key.pool();
    return pool.threads() == 0
        ? new InlineBulkhead()
        : new PooledBulkhead(key.name(), pool.threads(), pool.queue());
  }
}
