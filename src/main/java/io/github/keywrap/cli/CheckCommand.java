package io.github.keywrap.cli;

import io.github.keywrap.app.AotCache;
import io.github.keywrap.config.SettingsLoader;
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
      "With --config or -f: goes straight to the back end of each key, without a server."
    })
final class CheckCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  private Target target;

  @Spec private CommandSpec spec;

  static final class Target extends SettingsSource {
    @Option(names = "--socket", paramLabel = "PATH", description = "Socket of a running plugin.")
    private @Nullable Path socket;
  }

  @Override
  public Integer call() {
    CheckReport report = new CheckReport(spec.commandLine().getOut());
    if (target.socket != null) {
      new SocketCheck(report).run(target.socket);
    }
    if (target.isNamed()) {
      SettingsLoader.Loaded loaded = target.load(spec.commandLine().getErr());
      new KeysCheck(report).run(loaded.settings());
      AotCache.inWords().ifPresent(words -> report.note("AOT cache", words));
    }
    return report.allPassed() ? ExitCode.OK : ExitCode.FAILED;
  }
}
