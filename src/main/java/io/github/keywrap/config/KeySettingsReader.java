package io.github.keywrap.config;

import static java.util.stream.Collectors.toMap;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.EnvironmentSecret;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.settings.PoolSettings;
import io.github.keywrap.settings.SecretFile;
import io.github.keywrap.settings.SecretSource;
import io.github.keywrap.settings.SystemdCredential;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads one key below {@code keywrap.keys}. */
final class KeySettingsReader {
  /** A lower-case DNS label (RFC 1123), so that its environment names are unambiguous. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private static final Map<String, Algorithm> ALGORITHMS =
      Arrays.stream(Algorithm.values()).collect(toMap(Algorithm::label, Function.identity()));
  private static final List<Setting> PASSPHRASE =
      List.of(
          Setting.KEY_PASSPHRASE_FILE,
          Setting.KEY_PASSPHRASE_CREDENTIAL,
          Setting.KEY_PASSPHRASE_ENVIRONMENT);

  private final SettingReader reader;
  private final Map<String, String> environment;

  KeySettingsReader(SettingReader reader, Map<String, String> environment) {
    this.reader = reader;
    this.environment = environment;
  }

  KeySettings read(String key) {
    if (!NAME.matcher(key).matches()) {
      reader.problem(
          Setting.KEY_TYPE,
          key,
          "belongs to a key whose name is not a DNS label",
          "use lower-case letters, digits and hyphens, such as hsm-2026");
    }
    boolean _ = reader.choice(Setting.KEY_TYPE, key, Map.of("local", true), false);
    return local(key);
  }

  private LocalKeySettings local(String key) {
    return new LocalKeySettings(
        key,
        reader.path(Setting.KEY_KEYSTORE, key),
        passphrase(key),
        reader.choice(Setting.KEY_ALGORITHM, key, ALGORITHMS, Algorithm.AES_GCM),
        reader.number(Setting.KEY_GENERATION, key, 0, 999_999),
        new PoolSettings(
            reader.number(Setting.KEY_THREADS, key, 0, 1_024),
            reader.number(Setting.KEY_QUEUE, key, 1, 1_000_000)));
  }

  private SecretSource passphrase(String key) {
    List<Setting> given = PASSPHRASE.stream().filter(s -> reader.isGiven(s, key)).toList();
    if (given.size() != 1) {
      reader.problem(
          given.isEmpty() ? Setting.KEY_PASSPHRASE_FILE : given.getLast(),
          key,
          given.isEmpty() ? "is missing" : "is one of several places for the same passphrase",
          "say passphrase: { file: PATH }, { credential: NAME } or { environment: VARIABLE }");
    }
    Setting setting = given.isEmpty() ? Setting.KEY_PASSPHRASE_FILE : given.getFirst();
    SecretSource source = source(setting, key);
    if (given.size() == 1) {
      check(source, setting, key);
    }
    return source;
  }

  private SecretSource source(Setting setting, String key) {
    String value = reader.effective(setting, key).value();
    if (setting.equals(Setting.KEY_PASSPHRASE_CREDENTIAL)) {
      return new SystemdCredential(value, environment.getOrDefault("CREDENTIALS_DIRECTORY", ""));
    }
    if (setting.equals(Setting.KEY_PASSPHRASE_ENVIRONMENT)) {
      return new EnvironmentSecret(value, name -> environment.getOrDefault(name, ""));
    }
    Path file = value.isEmpty() ? Path.of("") : reader.path(setting, key);
    return new SecretFile(file);
  }

  private void check(SecretSource source, Setting setting, String key) {
    try {
      source.read().close();
    } catch (OperatorException e) {
      reader.problem(setting, key, "cannot be used: " + e.getMessage(), e.hint());
    }
  }
}
