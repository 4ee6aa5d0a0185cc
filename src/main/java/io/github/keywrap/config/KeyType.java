package io.github.keywrap.config;

import io.github.keywrap.settings.KeySettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A back end in the settings.
 *
 * @param label value of {@code type}
 * @param own settings that only such keys have
 * @param without settings of all other keys that such keys do not have
 * @param reading how they are read
 */
record KeyType(
    String label, List<Setting> own, Set<Setting> without, Function<KeySource, Reading> reading) {

  /** In the order of the documentation. */
  static final List<KeyType> ALL =
      List.of(
          new KeyType(Setting.LOCAL, LocalSetting.ALL, Set.of(), LocalKeySettingsReader::new),
          new KeyType(Setting.PKCS11, Pkcs11Setting.ALL, Set.of(), Pkcs11KeySettingsReader::new),
          // A key in a KMS has an algorithm of its own.
          new KeyType(
              Setting.JDCLOUD,
              JdCloudSetting.ALL,
              Set.of(KeySetting.ALGORITHM),
              JdCloudKeySettingsReader::new));

  /** Reads the settings of one key. What cannot be used becomes a problem, and has a stand-in. */
  @FunctionalInterface
  interface Reading {
    KeySettings read();
  }

  static Map<String, Optional<KeyType>> byLabel() {
    return ALL.stream().collect(Collectors.toMap(KeyType::label, Optional::of));
  }

  static Optional<KeyType> of(String label) {
    return byLabel().getOrDefault(label, Optional.empty());
  }

  boolean has(Setting setting) {
    return !without.contains(setting) && (setting.type().isEmpty() || own.contains(setting));
  }

  KeySettings read(KeySource source) {
    return reading.apply(source).read();
  }
}
