package io.github.keywrap.config;

import io.github.keywrap.domain.ReadBackKeyWrapper.Policy;
import io.github.keywrap.domain.StatusPolicy;
import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.ManagementSettings;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.settings.SocketSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Loads the settings of a file and the environment. */
public final class SettingsLoader {
  private static final Duration NONE = Duration.ZERO;

  private final Path file;
  private final SettingsSource source;
  private final Map<String, String> environment;

  /**
   * @param file YAML, or properties if its name ends in {@code .properties}
   * @param environment of the process
   */
  public SettingsLoader(Path file, Map<String, String> environment) {
    this(file, new SettingsFile(file), environment);
  }

  private SettingsLoader(Path file, SettingsSource source, Map<String, String> environment) {
    this.file = file;
    this.source = source;
    this.environment = Map.copyOf(environment);
  }

  /**
   * A loader of the configuration of jdcloud-sec/k8s-kms-plugin.
   *
   * @param file JSON
   * @param environment of the process
   */
  public static SettingsLoader ofJdCloudPlugin(Path file, Map<String, String> environment) {
    return new SettingsLoader(file, new JdCloudPluginSource(file), environment);
  }

  /**
   * Settings, and where each value came from.
   *
   * @param warnings what works and should be changed
   */
  public record Loaded(
      Settings settings, List<EffectiveSetting> effective, List<Problem> warnings) {}

  /**
   * Loads and checks all.
   *
   * @throws ConfigurationException with every problem there is
   */
  public Loaded load() {
    return load(false);
  }

  /**
   * Like {@link #load}, for a process that can wait: a secret file that is missing from a folder
   * that is there is a warning.
   *
   * @throws ConfigurationException with every other problem
   */
  public Loaded loadToServe() {
    return load(true);
  }

  private Loaded load(boolean mayComeLater) {
    List<Problem> problems = new ArrayList<>();
    List<Problem> warnings = new ArrayList<>();
    Entries entries = new Entries(problems);
    source.readInto(entries, problems, warnings);
    if (!problems.isEmpty() && entries.names().isEmpty()) {
      throw new ConfigurationException(problems);
    }
    new EnvironmentOverrides(environment, warnings).applyTo(entries);
    Set<String> meant = UnknownNames.report(entries, problems);
    SettingReader reader =
        new SettingReader(entries, meant, problems, warnings, folder(), file.toString());
    Optional<Settings> settings = read(reader, entries, problems, mayComeLater);
    if (!problems.isEmpty() || settings.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new Loaded(
        settings.get(), EffectiveSetting.list(reader, entries.keyNames()), List.copyOf(warnings));
  }

  private Path folder() {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  private Optional<Settings> read(
      SettingReader reader, Entries entries, List<Problem> problems, boolean mayComeLater) {
    List<KeySettings> keys =
        entries.keyNames().stream()
            .map(key -> new KeySettingsReader(reader.of(key), environment, mayComeLater).read())
            .flatMap(Optional::stream)
            .toList();
    if (entries.keyNames().isEmpty()) {
      problems.add(
          new Problem(
              file.toString(), "keywrap.keys has no key", "add one, see docs/configuration.md"));
    }
    SocketSettings socket = SocketSettingsReader.read(reader);
    String active = reader.text(ServerSetting.ACTIVE);
    Optional<KeySettings> activeKey =
        keys.stream().filter(key -> key.name().equals(active)).findFirst();
    if (!active.isEmpty() && !entries.keyNames().contains(active)) {
      reader.problem(
          ServerSetting.ACTIVE,
          "names no key of this configuration",
          NearestName.hint(active, entries.keyNames()));
    }
    Duration interval =
        reader.duration(
            ServerSetting.HEALTH_INTERVAL, Duration.ofMillis(100), Duration.ofMinutes(10));
    Duration callTimeout =
        reader.duration(ServerSetting.CALL_TIMEOUT, Duration.ofMillis(100), Duration.ofMinutes(1));
    Duration grace = reader.duration(ServerSetting.SHUTDOWN_GRACE, NONE, Duration.ofMinutes(10));
    StatusPolicy status = status(reader, interval, callTimeout);
    Policy verify =
        reader.choice(
            ServerSetting.VERIFY_WRAP,
            Map.of(
                "always", Policy.ALWAYS,
                "in-time", Policy.IN_TIME,
                "sampled", Policy.SAMPLED,
                "off", Policy.OFF),
            activeKey.filter(JdCloudKeySettings.class::isInstance).isPresent()
                ? Policy.IN_TIME
                : Policy.SAMPLED);
    boolean isDebug =
        reader.choice(ServerSetting.LOG_LEVEL, Map.of("info", false, "debug", true), false);
    Optional<String> bareKey = BareKeyReader.read(reader, keys);
    ManagementSettings management = management(reader);
    return activeKey.map(
        key ->
            new Settings(
                socket,
                key,
                keys,
                bareKey,
                verify,
                callTimeout,
                grace,
                interval,
                status,
                management,
                isDebug));
  }

  /** A probe that is two intervals and one time-out late no longer counts. */
  private static StatusPolicy status(SettingReader reader, Duration interval, Duration timeout) {
    boolean coast =
        reader.choice(ServerSetting.STATUS_ON_OUTAGE, Map.of("coast", true, "fail", false), false);
    Duration maxCoast = reader.duration(ServerSetting.STATUS_MAX_COAST, NONE, Duration.ofDays(365));
    return new StatusPolicy(coast, maxCoast, interval.multipliedBy(2).plus(timeout));
  }

  private static ManagementSettings management(SettingReader reader) {
    return new ManagementSettings(
        reader.flag(ServerSetting.MANAGEMENT_ENABLED),
        reader.text(ServerSetting.MANAGEMENT_HOST),
        reader.number(ServerSetting.MANAGEMENT_PORT, 1, 65_535));
  }
}
