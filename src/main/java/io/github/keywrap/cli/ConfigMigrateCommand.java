package io.github.keywrap.cli;

import io.github.keywrap.config.JdCloudPluginMigration;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "migrate",
    mixinStandardHelpOptions = true,
    description = {
      "Writes settings that say the same as the JSON configuration of jdcloud-sec/k8s-kms-plugin,",
      "with its secrets in files of their own, mode 0600. Replaces no file."
    })
final class ConfigMigrateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The old plugin's configuration.")
  private Path file;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      defaultValue = "/etc/keywrap",
      description = "Where to write (default: ${DEFAULT-VALUE}); made if it is not there.")
  private Path folder;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    JdCloudPluginMigration.Result result =
        JdCloudPluginMigration.run(file, folder, System.getenv());
    PrintWriter out = spec.commandLine().getOut();
    result.written().forEach(path -> out.println("wrote " + path));
    out.printf(
        "%nTry them, then serve from them instead of from %s:%n%n"
            + "  keywrap check --config %2$s%n  keywrap serve --config %2$s%n",
        file, result.settings());
    PrintWriter err = spec.commandLine().getErr();
    result.warnings().forEach(warning -> ErrorOutput.warn(err, warning));
    return ExitCode.OK;
  }
}
