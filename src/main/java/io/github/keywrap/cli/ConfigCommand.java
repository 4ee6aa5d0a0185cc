package io.github.keywrap.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Checks, shows or makes the settings.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ConfigCheckCommand.class, ConfigShowCommand.class, ConfigMigrateCommand.class})
final class ConfigCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say check, show or migrate");
  }
}
