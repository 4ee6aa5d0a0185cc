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

/** Reads where a secret is, and whether it can be read. */
final class SecretSourceReader {
  private final SettingReader reader;
  private final Map<String, String> environment;

  private final boolean mayComeLater;

  /**
   * @param mayComeLater whether a file that is not there yet is a warning only
   */
  SecretSourceReader(SettingReader reader, Map<String, String> environment, boolean mayComeLater) {
    this.reader = reader;
    this.environment = environment;
    this.mayComeLater = mayComeLater;
  }

  SecretSource read(SecretSettings secret, String key) {
    return read(secret, key, true);
  }

  private SecretSource read(SecretSettings secret, String key, boolean mustBeThere) {
    List<Setting> given = secret.places().stream().filter(s -> reader.isGiven(s, key)).toList();
    if (given.size() != 1) {
      reader.problem(
          given.isEmpty() ? secret.file() : given.getLast(),
          key,
          given.isEmpty() ? "is missing" : "is one of several places for the same " + secret.name(),
          "say %s: { file: PATH }, { credential: NAME } or { environment: VARIABLE }"
              .formatted(secret.name()));
    }
    Setting setting = given.isEmpty() ? secret.file() : given.getFirst();
    boolean asIs = reader.flag(secret.asIs(), key);
    SecretSource source = source(secret, setting, asIs, key);
    if (given.size() == 1) {
      if (asIs) {
        refuseAsIsElsewhere(secret, setting, key);
      }
      if (mustBeThere) {
        check(source, setting, key);
      }
    }
    return source;
  }

  /** Reads a secret that may be left out; with {@code as-is} its place may not. */
  Optional<SecretSource> readOptional(SecretSettings secret, String key) {
    return readOptional(secret, key, true);
  }

  /** Like {@link #readOptional}, for a secret that only some of those who load it may read. */
  Optional<SecretSource> readOptionalUnseen(SecretSettings secret, String key) {
    return readOptional(secret, key, false);
  }

  private Optional<SecretSource> readOptional(
      SecretSettings secret, String key, boolean mustBeThere) {
    boolean hasPlace = secret.places().stream().anyMatch(setting -> reader.isGiven(setting, key));
    return hasPlace || reader.flag(secret.asIs(), key)
        ? Optional.of(read(secret, key, mustBeThere))
        : Optional.empty();
  }

  private SecretSource source(SecretSettings secret, Setting setting, boolean asIs, String key) {
    String value = reader.effective(setting, key).value();
    if (setting.equals(secret.credential())) {
      return new SystemdCredential(
          value, environment.getOrDefault("CREDENTIALS_DIRECTORY", ""), asIs);
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
    return new SecretFile(file, asIs);
  }

  private void refuseAsIsElsewhere(SecretSettings secret, Setting place, String key) {
    if (!place.equals(secret.file()) && !place.equals(secret.credential())) {
      reader.problem(
          secret.asIs(),
          key,
          "is for a file or a credential only",
          "leave it out, or say %s: { file: PATH, as-is: true }".formatted(secret.name()));
    }
  }

  private void check(SecretSource source, Setting setting, String key) {
    try {
      source.read().close();
    } catch (OperatorException e) {
      if (mayComeLater && source.isMissingYet()) {
        reader.warning(
            setting,
            key,
            "is waited for: " + e.getMessage() + " yet; the key is unavailable",
            e.hint());
        return;
      }
      reader.problem(setting, key, "cannot be used: " + e.getMessage(), e.hint());
    }
  }
}
