package io.github.keywrap.cli;

import io.github.keywrap.config.SettingsLoader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names the settings, alike in every command. */
final class ConfigFile {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      defaultValue = "/etc/keywrap/keywrap.yaml",
      description = "Settings, YAML or properties (default: ${DEFAULT-VALUE}).")
  private Path file;

  SettingsLoader.Loaded load() {
    return new SettingsLoader(file, System.getenv()).load();
  }

  Path file() {
    return file;
  }
}
