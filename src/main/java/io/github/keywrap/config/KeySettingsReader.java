package io.github.keywrap.config;

import static java.util.stream.Collectors.toSet;

import io.github.keywrap.settings.KeySettings;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one key below {@code keywrap.keys}. */
final class KeySettingsReader {
  /** A lower-case DNS label (RFC 1123), so that its environment names are unambiguous. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private final SettingReader reader;
  private final KeySource source;

  /**
   * @param reader of the key
   */
  KeySettingsReader(SettingReader reader, Map<String, String> environment, boolean mayComeLater) {
    this.reader = reader;
    this.source =
        new KeySource(
            reader, new SecretSourceReader(reader, environment, mayComeLater), environment);
  }

  /** Empty if its type is missing or wrong, which is a problem then. */
  Optional<KeySettings> read() {
    if (!NAME.matcher(reader.key()).matches()) {
      reader.problem(
          KeySetting.TYPE,
          "belongs to a key whose name is not a DNS label",
          "use lower-case letters, digits and hyphens, such as hsm-2026");
    }
    Optional<KeyType> type = reader.choice(KeySetting.TYPE, KeyType.byLabel(), Optional.empty());
    type.ifPresent(this::refuseOthers);
    return type.map(known -> known.read(source));
  }

  private void refuseOthers(KeyType type) {
    Set<String> fitting = Catalogue.perKey(type.label()).map(Setting::name).collect(toSet());
    Catalogue.perKey()
        .filter(setting -> !fitting.contains(setting.name()) && reader.isGiven(setting))
        .forEach(
            setting ->
                reader.problem(
                    setting,
                    "is not for type: " + type.label(),
                    setting.type().isEmpty()
                        ? "a key in a KMS has an algorithm of its own"
                        : "it is for " + setting.type()));
  }
}
