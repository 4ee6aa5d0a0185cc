package io.github.keywrap.cli;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LibrarySettings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "With --library: lists the tokens of a PKCS#11 library and what they can do; does not log in.",
      "With --config: logs in to the tokens of the settings, and lists their keys and attributes."
    })
final class TokenListCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  private Target target;

  @Option(
      names = "--library-parameters",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Beside --library: text for C_Initialize, for libraries that want one.")
  private String parameters;

  @Spec private CommandSpec spec;

  static final class Target extends SettingsSource {
    @Option(
        names = "--library",
        paramLabel = "FILE",
        description = "The library, for example /usr/lib/softhsm/libsofthsm2.so.")
    private @Nullable Path library;
  }

  @Override
  public Integer call() {
    lines().forEach(spec.commandLine().getOut()::println);
    return ExitCode.OK;
  }

  private List<String> lines() {
    if (target.library != null) {
      return BackEnds.describeTokens(new LibrarySettings(target.library, parameters));
    }
    if (target.isNamed()) {
      return target.load(spec.commandLine().getErr()).settings().keys().stream()
          .flatMap(key -> lines(key).stream())
          .toList();
    }
    return List.of();
  }

  private static List<String> lines(KeySettings key) {
    List<String> lines = BackEnds.of(key).describe();
    return lines.isEmpty() ? List.of("key \"%s\": is on no token".formatted(key.name())) : lines;
  }
}
