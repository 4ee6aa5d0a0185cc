package io.github.keywrap.cli;

import io.github.keywrap.config.SettingsLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that name the settings, alike in every command. */
final class ConfigFile {
  private static final String DEFAULT = "/etc/keywrap/keywrap.yaml";

  @ArgGroup private @Nullable Source source;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** One of two. */
  static final class Source {
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
  }

  /** Loads the settings; what should be changed is told on standard error. */
  SettingsLoader.Loaded load() {
    return told(loader().load());
  }

  /** The same for a process that waits for secrets that are not there yet. */
  SettingsLoader.Loaded loadToServe() {
    return told(loader().loadToServe());
  }

  private SettingsLoader loader() {
    return source != null && source.pluginFile != null
        ? SettingsLoader.ofJdCloudPlugin(source.pluginFile, System.getenv())
        : new SettingsLoader(file(), System.getenv());
  }

  private SettingsLoader.Loaded told(SettingsLoader.Loaded loaded) {
    PrintWriter err = command.commandLine().getErr();
    loaded.warnings().forEach(warning -> ErrorOutput.warn(err, warning));
    return loaded;
  }

  Path file() {
    if (source == null) {
      return Path.of(DEFAULT);
    }
    Path given = source.config != null ? source.config : source.pluginFile;
    return given == null ? Path.of(DEFAULT) : given;
  }
}
