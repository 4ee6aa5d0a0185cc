package io.github.keywrap.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Wraps and unwraps random bytes and says what works, a line each.",
      "With --socket: calls a running plugin as kube-apiserver does, on both APIs.",
      "With --config: goes straight to the back end of each key, without a server."
    })
final class CheckCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  private Target target;

  @Spec private CommandSpec spec;

  static final class Target {
    @Option(names = "--socket", paramLabel = "PATH", description = "Socket of a running plugin.")
    private @Nullable Path socket;

    @Option(
        names = {"-c", "--config"},
        paramLabel = "FILE",
        description = "Settings of the keys to try.")
    private @Nullable Path config;
  }

  @Override
  public Integer call() {
    CheckReport report = new CheckReport(spec.commandLine().getOut());
    if (target.socket != null) {
      new SocketCheck(report).run(target.socket);
    }
    if (target.config != null) {
      new KeysCheck(report).run(target.config);
    }
    return report.allPassed() ? ExitCode.OK : ExitCode.FAILED;
  }
}
