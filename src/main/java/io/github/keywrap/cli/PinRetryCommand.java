package io.github.keywrap.cli;

import io.github.keywrap.app.BackEnds;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "retry",
    mixinStandardHelpOptions = true,
    description = {
      "Lets PINs be tried again that tokens have refused. keywrap itself never tries one twice:",
      "some wrong tries lock a token. A running server tries again by itself within seconds."
    })
final class PinRetryCommand implements Callable<Integer> {
  @Mixin private ConfigFile config;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    int refusals =
        config.load().settings().keys().stream()
            .mapToInt(key -> BackEnds.of(key).retryPins())
            .sum();
    spec.commandLine().getOut().println("ok: " + refusals + " refused PIN(s) may be tried again");
    return ExitCode.OK;
  }
}
