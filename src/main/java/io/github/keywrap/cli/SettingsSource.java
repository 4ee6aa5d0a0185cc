package io.github.keywrap.cli;

import io.github.keywrap.config.SettingsLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the settings, one of two, alike in every command. */
class SettingsSource {
  static final String DEFAULT = "/etc/keywrap/keywrap.yaml";

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Settings, YAML or properties (default: " + DEFAULT + ").")
  private @Nullable Path config;

  @Option(
      names = {"-f", "--f"},
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = JdCloudPluginName.DEFAULT_FILE,
      description = {
        "Configuration of jdcloud-sec/k8s-kms-plugin, JSON, instead of settings",
        "(default: " + JdCloudPluginName.DEFAULT_FILE + ")."
      })
  private @Nullable Path pluginFile;

  /**
   * Loads the settings.
   *
   * @param err told what should be changed
   */
  final SettingsLoader.Loaded load(PrintWriter err) {
    return told(loader().load(), err);
  }

  /** The same for a process that waits for secrets that are not there yet. */
  final SettingsLoader.Loaded loadToServe(PrintWriter err) {
    return told(loader().loadToServe(), err);
  }

  private SettingsLoader loader() {
    return pluginFile != null
        ? SettingsLoader.ofJdCloudPlugin(pluginFile, System.getenv())
        : new SettingsLoader(file(), System.getenv());
  }

  private static SettingsLoader.Loaded told(SettingsLoader.Loaded loaded, PrintWriter err) {
    loaded.warnings().forEach(warning -> ErrorOutput.warn(err, warning));
    return loaded;
  }

  final boolean isNamed() {
    return config != null || pluginFile != null;
  }

  /** The file itself. */
  final Path file() {
    Path given = config != null ? config : pluginFile;
    return given == null ? Path.of(DEFAULT) : given;
  }
}
