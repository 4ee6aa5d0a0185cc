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

  SecretSource read(SecretSettings secret) {
    return read(secret, true);
  }

  private SecretSource read(SecretSettings secret, boolean mustBeThere) {
    List<Setting> given = secret.places().stream().filter(reader::isGiven).toList();
    String hint =
        "say %s: { file: PATH }, { credential: NAME } or { environment: VARIABLE }"
            .formatted(secret.name());
    if (given.isEmpty()) {
      reader.missing(secret.places(), hint);
    } else if (given.size() > 1) {
      reader.problem(
          given.getLast(), "is one of several places for the same " + secret.name(), hint);
    }
    Setting setting = given.isEmpty() ? secret.file() : given.getFirst();
    boolean asIs = reader.flag(secret.asIs());
    SecretSource source = source(secret, setting, asIs);
    if (given.size() == 1) {
      if (asIs) {
        refuseAsIsElsewhere(secret, setting);
      }
      if (mustBeThere) {
        check(source, setting);
      }
    }
    return source;
  }

  /** Reads a secret that may be left out; with {@code as-is} its place may not. */
  Optional<SecretSource> readOptional(SecretSettings secret) {
    return readOptional(secret, true);
  }

  /** Like {@link #readOptional}, for a secret that only some of those who load it may read. */
  Optional<SecretSource> readOptionalUnseen(SecretSettings secret) {
    return readOptional(secret, false);
  }

  private Optional<SecretSource> readOptional(SecretSettings secret, boolean mustBeThere) {
    boolean hasPlace = secret.places().stream().anyMatch(setting -> reader.isGiven(setting));
    return hasPlace || reader.flag(secret.asIs())
        ? Optional.of(read(secret, mustBeThere))
        : Optional.empty();
  }

  private SecretSource source(SecretSettings secret, Setting setting, boolean asIs) {
    String value = reader.effective(setting).value();
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
      return new JsonSecret(reader.path(setting), json.get().field());
    }
    Path file = value.isEmpty() ? Path.of("") : reader.path(setting);
    return new SecretFile(file, asIs);
  }

  private void refuseAsIsElsewhere(SecretSettings secret, Setting place) {
    if (!place.equals(secret.file()) && !place.equals(secret.credential())) {
      reader.problem(
          secret.asIs(),
          "is for a file or a credential only",
          "leave it out, or say %s: { file: PATH, as-is: true }".formatted(secret.name()));
    }
  }

  private void check(SecretSource source, Setting setting) {
    try {
      source.read().close();
    } catch (OperatorException e) {
      if (mayComeLater && source.isMissingYet()) {
        reader.warning(
            setting, "is waited for: " + e.getMessage() + " yet; the key is unavailable", e.hint());
        return;
      }
      reader.problem(setting, "cannot be used: " + e.getMessage(), e.hint());
    }
  }
}
