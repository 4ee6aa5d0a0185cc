package io.github.keywrap.cli;

import io.github.keywrap.config.SettingsLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The settings of a command that always has some. */
final class ConfigFile {
  @ArgGroup private SettingsSource source = new SettingsSource();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** Loads the settings; what should be changed is told on standard error. */
  SettingsLoader.Loaded load() {
    return source.load(err());
  }

  /** The same for a process that waits for secrets that are not there yet. */
  SettingsLoader.Loaded loadToServe() {
    return source.loadToServe(err());
  }

  private PrintWriter err() {
    return command.commandLine().getErr();
  }

  Path file() {
    return source.file();
  }
}
