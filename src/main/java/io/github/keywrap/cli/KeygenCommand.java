package io.github.keywrap.cli;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.domain.BackEnd;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.Settings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--restore",
      paramLabel = "FILE",
      description = "Makes no key, but loads a sealed key (sm4-sealed) that keygen has printed.")
  private @Nullable Path backup;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = config.load().settings();
    KeySettings key =
        settings.keys().stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow(() -> unknown(settings));
    BackEnd backEnd = BackEnds.of(key);
    String told = backup == null ? backEnd.generate() : backEnd.restore(backup);
    spec.commandLine().getOut().println(told);
    return ExitCode.OK;
  }

  private OperatorException unknown(Settings settings) {
    return new OperatorException(
        "no key \"" + name + "\" in " + config.file(),
        "known: " + String.join(", ", settings.keys().stream().map(KeySettings::name).toList()));
  }
}
