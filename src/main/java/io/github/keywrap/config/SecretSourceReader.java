package io.github.keywrap.config;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.EnvironmentSecret;
import io.github.keywrap.settings.JsonSecret;
import io.github.keywrap.settings.SecretFile;
import io.github.keywrap.settings.SecretSource;
import io.github.keywrap.settings.SystemdCredential;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads where a secret is, and that it can be had. */
final class SecretSourceReader {
  private final SettingReader reader;
  private final Map<String, String> environment;

  SecretSourceReader(SettingReader reader, Map<String, String> environment) {
    this.reader = reader;
    this.environment = environment;
  }

  SecretSource read(SecretSettings secret, String key) {
    List<Setting> given = secret.all().stream().filter(s -> reader.isGiven(s, key)).toList();
    if (given.size() != 1) {
      reader.problem(
          given.isEmpty() ? secret.file() : given.getLast(),
          key,
          given.isEmpty() ? "is missing" : "is one of several places for the same " + secret.name(),
          "say %s: { file: PATH }, { credential: NAME } or { environment: VARIABLE }"
              .formatted(secret.name()));
    }
    Setting setting = given.isEmpty() ? secret.file() : given.getFirst();
    SecretSource source = source(secret, setting, key);
    if (given.size() == 1) {
      check(source, setting, key);
    }
    return source;
  }

  /** Reads a secret that may be left out. */
  Optional<SecretSource> readOptional(SecretSettings secret, String key) {
    return secret.all().stream().anyMatch(setting -> reader.isGiven(setting, key))
        ? Optional.of(read(secret, key))
        : Optional.empty();
  }

  private SecretSource source(SecretSettings secret, Setting setting, String key) {
    String value = reader.effective(setting, key).value();
    if (setting.equals(secret.credential())) {
      return new SystemdCredential(value, environment.getOrDefault("CREDENTIALS_DIRECTORY", ""));
    }
    if (setting.equals(secret.environment())) {
      return new EnvironmentSecret(value, name -> environment.getOrDefault(name, ""));
    }
    Optional<SecretSettings.JsonPlace> json =
        secret.json().filter(place -> place.setting().equals(setting));
    if (json.isPresent()) {
      return new JsonSecret(reader.path(setting, key), json.get().field());
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
