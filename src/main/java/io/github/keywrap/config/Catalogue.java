package io.github.keywrap.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * Every setting there is. The only place that knows: the loader, the environment names, {@code
 * config show} and the table in {@code docs/configuration.md} come from it.
 */
final class Catalogue {
  /** In the order of the documentation. */
  static final List<Setting> ALL =
      Stream.of(ServerSetting.ALL, KeySetting.ALL, ofEachType()).flatMap(List::stream).toList();

  private Catalogue() {}

  private static List<Setting> ofEachType() {
    return KeyType.ALL.stream().map(KeyType::own).flatMap(List::stream).toList();
  }

  static Stream<Setting> perKey() {
    return ALL.stream().filter(Setting::isPerKey);
  }

  /** Those of a key of that type; of any key, if it is no type. */
  static Stream<Setting> perKey(String type) {
    return KeyType.of(type).map(known -> perKey().filter(known::has)).orElseGet(Catalogue::perKey);
  }

  static Stream<Setting> common() {
    return ALL.stream().filter(setting -> !setting.isPerKey());
  }
}
