package io.github.keywrap.config;

import java.util.List;

/** Reports names that are no settings, with the nearest that is. */
final class UnknownNames {
  private UnknownNames() {}

  static void report(Entries entries, List<Problem> problems) {
    for (String name : entries.names()) {
      if (!isKnown(name, entries)) {
        String place = entries.place(name).orElse("");
        problems.add(
            new Problem(
                place, ShownName.ofSetting(name) + " is not a setting", hint(name, entries)));
      }
    }
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
    return entries.keyNames().stream()
        .filter(key -> name.startsWith(Setting.KEYS + key + "."))
        .findFirst()
        .map(
            key ->
                NearestName.hint(
                    name,
                    Catalogue.perKey(type(key, entries))
                        .map(setting -> setting.nameFor(key))
                        .toList()))
        .orElseGet(() -> NearestName.hint(name, Catalogue.common().map(Setting::name).toList()));
  }
}
