package io.github.keywrap.cli;

import io.github.keywrap.process.CoreDumps;
import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Where the program begins. Only {@code serve} starts the framework. */
@QuarkusMain
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    CoreDumps.forbid();
    System.exit(commandLine().execute(JdCloudPluginName.translate(args)));
  }

  static CommandLine commandLine() {
    CommandLine keywrap =
        new CommandLine(new KeywrapCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(new ErrorOutput())
            .setParameterExceptionHandler(ErrorOutput::usage);
    CommandLine completion = new CommandLine(new AutoComplete.GenerateCompletion());
    completion
        .getCommandSpec()
        .usageMessage()
        .description("Prints the completion script for bash and zsh: source <(keywrap completion)");
    keywrap.addSubcommand("completion", completion);
    tellVersion(keywrap);
    return keywrap;
  }

  private static void tellVersion(CommandLine command) {
    CommandSpec _ = command.getCommandSpec().versionProvider(new VersionCommand.Provider());
    command.getSubcommands().values().forEach(Main::tellVersion);
  }
}
