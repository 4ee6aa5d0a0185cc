package io.github.keywrap.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reports names that are no settings, with the nearest that is. */
final class UnknownNames {
  private UnknownNames() {}

  /** Returns which settings were probably meant: they are not missing besides. */
  static Set<String> report(Entries entries, List<Problem> problems) {
    Set<String> meant = new HashSet<>();
    for (String name : entries.names()) {
      if (!isKnown(name, entries)) {
        NearestName.of(name, candidates(name, entries)).ifPresent(meant::add);
        String place = entries.place(name).orElse("");
        problems.add(
            new Problem(
                place, ShownName.ofSetting(name) + " is not a setting", hint(name, entries)));
      }
    }
    return meant;
  }

  private static boolean isKnown(String name, Entries entries) {
    return Catalogue.common().anyMatch(setting -> setting.name().equals(name))
        || entries.keyNames().stream()
            .anyMatch(
                key -> Catalogue.perKey().anyMatch(setting -> setting.nameFor(key).equals(name)));
  }

  /** Empty if the settings do not say. */
  private static String type(String key, Entries entries) {
    return entries.get(KeySetting.TYPE.nameFor(key)).map(Entry::value).orElse("");
  }

  private static String hint(String name, Entries entries) {
    if (!name.startsWith(Setting.ROOT_NAME)) {
      return "all settings are below \"keywrap:\"";
    }
    String secret = name.substring(name.lastIndexOf('.') + 1);
    if (SecretSettings.NAMES.contains(secret)) {
      return "a secret is never given inline: " + secret + ": { file: PATH }";
    }
    return NearestName.hint(name, candidates(name, entries));
  }

  /** Settings of the key that the name belongs to, or those that all have in common. */
  private static List<String> candidates(String name, Entries entries) {
    return entries.keyNames().stream()
        .filter(key -> name.startsWith(Setting.KEYS + key + "."))
        .findFirst()
        .map(
            key ->
                Catalogue.perKey(type(key, entries)).map(setting -> setting.nameFor(key)).toList())
        .orElseGet(() -> Catalogue.common().map(Setting::name).toList());
  }
}
