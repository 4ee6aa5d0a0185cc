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

  static final class Target {
    @Option(names = "--socket", paramLabel = "PATH", description = "Socket of a running plugin.")
    private @Nullable Path socket;

    @Option(
        names = {"-c", "--config"},
        paramLabel = "FILE",
        description = "Settings of the keys to try.")
    private @Nullable Path config;

    @Option(
        names = "-f",
        paramLabel = "FILE",
        description = "The same, from the configuration of jdcloud-sec/k8s-kms-plugin.")
    private @Nullable Path pluginFile;
  }

  @Override
  public Integer call() {
    CheckReport report = new CheckReport(spec.commandLine().getOut());
    if (target.socket != null) {
      new SocketCheck(report).run(target.socket);
    }
    if (target.config != null) {
      run(report, new SettingsLoader(target.config, System.getenv()));
    }
    if (target.pluginFile != null) {
      run(report, SettingsLoader.ofJdCloudPlugin(target.pluginFile, System.getenv()));
    }
    return report.allPassed() ? ExitCode.OK : ExitCode.FAILED;
  }

  private void run(CheckReport report, SettingsLoader loader) {
    SettingsLoader.Loaded loaded = loader.load();
    loaded.warnings().forEach(warning -> ErrorOutput.warn(spec.commandLine().getErr(), warning));
    new KeysCheck(report).run(loaded.settings());
    AotCache.inWords().ifPresent(words -> report.note("AOT cache", words));
  }
}
