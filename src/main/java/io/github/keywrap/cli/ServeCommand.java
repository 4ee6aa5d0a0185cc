package io.github.keywrap.cli;

import io.github.keywrap.app.Serving;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Serves KMS v1 and v2 on the socket until SIGTERM.")
final class ServeCommand implements Callable<Integer> {
  @Mixin private ConfigFile config;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    ServeConsole console = ServeConsole.install();
    spec.commandLine().setErr(new PrintWriter(console.err(), true, Charset.defaultCharset()));
    return ExitCode.of(Serving.run(config.loadToServe().settings(), console));
  }
}
