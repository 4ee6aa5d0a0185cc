package io.github.keywrap.cli;

import io.github.keywrap.config.EffectiveSetting;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the settings in force, as YAML, each with the place that it comes from.",
      "Secrets are not part of them: only where they are kept is shown."
    })
final class ConfigShowCommand implements Callable<Integer> {
  @Mixin private ConfigFile config;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<EffectiveSetting> effective =
        config.load().effective().stream().filter(setting -> !setting.value().isEmpty()).toList();
    int width = effective.stream().mapToInt(ConfigShowCommand::length).max().orElse(0);
    PrintWriter out = spec.commandLine().getOut();
    for (EffectiveSetting setting : effective) {
      String line = line(setting);
      out.println(line + " ".repeat(width - line.length()) + "  # " + setting.place());
    }
    return ExitCode.OK;
  }

  private static int length(EffectiveSetting setting) {
    return line(setting).length();
  }

  private static String line(EffectiveSetting setting) {
    String quoted = setting.value().replace("\\", "\\\\").replace("\"", "\\\"");
    return setting.name() + ": \"" + quoted + "\"";
  }
}
