package io.github.keywrap.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Every setting there is. The only place that knows: the loader, the environment names, {@code
 * config show} and the table in {@code docs/configuration.md} come from it.
 */
final class Catalogue {
  private static final Set<String> TYPES = Set.of(Setting.LOCAL, Setting.PKCS11, Setting.JDCLOUD);

  /** In the order of the documentation. */
  static final List<Setting> ALL =
      Stream.of(
              ServerSetting.ALL,
              KeySetting.ALL,
              LocalSetting.ALL,
              Pkcs11Setting.ALL,
              JdCloudSetting.ALL)
          .flatMap(List::stream)
          .toList();

  private Catalogue() {}

  static Stream<Setting> perKey() {
    return ALL.stream().filter(Setting::isPerKey);
  }

  /** Those of a key of that type; of any key, if it is no type. */
  static Stream<Setting> perKey(String type) {
    boolean isType = TYPES.contains(type);
    return perKey()
        .filter(setting -> !isType || setting.type().isEmpty() || setting.type().equals(type))
        .filter(setting -> !type.equals(Setting.JDCLOUD) || !setting.equals(KeySetting.ALGORITHM));
  }

  static Stream<Setting> common() {
    return ALL.stream().filter(setting -> !setting.isPerKey());
  }
}
