package io.github.keywrap.cli;

import io.github.keywrap.app.KeyGeneration;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "keygen",
    mixinStandardHelpOptions = true,
    description = {
      "Makes the key that a name in the settings stands for; refuses to replace one.",
      "The server itself never makes a key."
    })
final class KeygenCommand implements Callable<Integer> {
  @Mixin private ConfigFile config;

  @Option(
      names = "--key",
      paramLabel = "NAME",
      required = true,
      description = "Name of the key below keywrap.keys.")
  private String name;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = config.load().settings();
    KeySettings key =
        settings.keys().stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow(() -> unknown(settings));
    spec.commandLine().getOut().println(KeyGeneration.generate(key));
    return ExitCode.OK;
  }

  private OperatorException unknown(Settings settings) {
    return new OperatorException(
        "no key \"" + name + "\" in " + config.file(),
        "known: " + String.join(", ", settings.keys().stream().map(KeySettings::name).toList()));
  }
}
