package io.github.keywrap.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "keywrap",
    mixinStandardHelpOptions = true,
    description = {"A Kubernetes KMS provider: wraps the keys that encrypt Secrets in etcd.", ""},
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      CheckCommand.class,
      KeygenCommand.class,
      InspectCommand.class,
      ConfigCommand.class,
      TokenCommand.class,
      PinCommand.class,
      VersionCommand.class,
      TrainingRunCommand.class,
      HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0: done",
      "1: failed; what and why is on standard error",
      "2: wrong command line",
      "4: serve was ended before it had answered all calls",
      "78: wrong configuration; every problem is on standard error"
    })
final class KeywrapCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }
}
