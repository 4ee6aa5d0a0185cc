package io.github.keywrap.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One setting as it is in force. Secrets never are values of settings, only their places are.
 *
 * @param name full name
 * @param place where the value came from
 */
public record EffectiveSetting(String name, String value, String place) {
  static List<EffectiveSetting> list(SettingReader reader, Set<String> keys) {
    List<EffectiveSetting> all = new ArrayList<>();
    Catalogue.common().forEach(setting -> all.add(of(reader, setting)));
    for (String key : keys) {
      String type = reader.of(key).effective(KeySetting.TYPE).value();
      Catalogue.perKey(type).map(setting -> of(reader.of(key), setting)).forEach(all::add);
    }
    return List.copyOf(all);
  }

  private static EffectiveSetting of(SettingReader reader, Setting setting) {
    Entry entry = reader.effective(setting);
    return new EffectiveSetting(setting.nameFor(reader.key()), entry.value(), entry.place());
  }
}
