package io.github.keywrap.config;

import static java.util.Locale.ROOT;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Settings in environment variables: the name in capitals, with {@code _} for every dot and hyphen.
 * {@code KEYWRAP_KEYS_HSM_2026_TYPE} is {@code keywrap.keys.hsm-2026.type}. Names of keys are
 * lower-case DNS labels, so each variable means one setting and each setting has one variable.
 */
final class EnvironmentOverrides {
  private static final String PREFIX = "KEYWRAP_";
  private static final String KEYS_PREFIX = Setting.environmentName(Setting.KEYS);

  /** Not settings: what bin/keywrap reads. */
  private static final Set<String> OF_THE_SCRIPT = Set.of("KEYWRAP_JAVA_OPTS", "KEYWRAP_AOT_CACHE");

  private final Map<String, String> environment;
  private final List<Problem> warnings;

  /**
   * @param warnings where variables that are no settings are added: whoever runs the program may
   *     have others for a purpose of their own, and they cost no start
   */
  EnvironmentOverrides(Map<String, String> environment, List<Problem> warnings) {
    this.environment = environment;
    this.warnings = warnings;
  }

  void applyTo(Entries entries) {
    environment.keySet().stream()
        .filter(variable -> variable.startsWith(PREFIX))
        .filter(variable -> !OF_THE_SCRIPT.contains(variable))
        .filter(variable -> !KubernetesServices.added(variable, value(variable)))
        .sorted()
        .forEach(variable -> apply(variable, entries));
  }

  private void apply(String variable, Entries entries) {
    String place = "environment variable " + variable;
    Optional<String> name = settingName(variable, entries);
    if (name.isPresent()) {
      entries.override(name.get(), new Entry(value(variable), place));
    } else if (!holdsSecret(variable, entries)) {
      warnings.add(
          new Problem(
              place,
              "is not a setting, and is ignored",
              NearestName.hint(
                  variable,
                  Catalogue.common()
                      .map(setting -> Setting.environmentName(setting.name()))
                      .toList())));
    }
  }

  private String value(String variable) {
    return environment.getOrDefault(variable, "");
  }

  private static Optional<String> settingName(String variable, Entries entries) {
    Optional<String> common =
        Catalogue.common()
            .map(Setting::name)
            .filter(name -> Setting.environmentName(name).equals(variable))
            .findFirst();
    return common.isPresent() ? common : keySettingName(variable, entries);
  }

  /**
   * What stands before the ending that is a setting of a key is the key's name: that of a key there
   * is, if one fits, otherwise what the longest ending leaves.
   */
  private static Optional<String> keySettingName(String variable, Entries entries) {
    if (!variable.startsWith(KEYS_PREFIX)) {
      return Optional.empty();
    }
    String rest = variable.substring(KEYS_PREFIX.length());
    Set<String> known = entries.keyNames();
    return Catalogue.perKey()
        .filter(
            setting -> rest.endsWith(ending(setting)) && rest.length() > ending(setting).length())
        .sorted(
            Comparator.comparing((Setting setting) -> !known.contains(keyName(rest, setting)))
                .thenComparingInt(setting -> -setting.name().length()))
        .findFirst()
        .map(setting -> setting.nameFor(keyName(rest, setting)));
  }

  private static String keyName(String rest, Setting setting) {
    String key = rest.substring(0, rest.length() - ending(setting).length());
    return key.toLowerCase(ROOT).replace('_', '-');
  }

  private static String ending(Setting setting) {
    return "_" + Setting.environmentName(setting.nameWithinKey());
  }

  /** Whether a setting says that a secret is in this variable. */
  private boolean holdsSecret(String variable, Entries entries) {
    return entries.names().stream()
            .filter(name -> name.endsWith(".environment"))
            .anyMatch(name -> entries.get(name).map(Entry::value).orElse("").equals(variable))
        || environment.entrySet().stream()
            .anyMatch(
                other ->
                    other.getKey().startsWith(KEYS_PREFIX)
                        && other.getKey().endsWith("_ENVIRONMENT")
                        && other.getValue().equals(variable));
  }
}
