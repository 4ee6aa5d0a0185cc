package io.github.keywrap.cli;

import io.github.keywrap.app.Tokens;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the tokens of a PKCS#11 library and what they can do. Does not log in.")
final class TokenListCommand implements Callable<Integer> {
  @Option(
      names = "--library",
      paramLabel = "FILE",
      required = true,
      description = "The library, for example /usr/lib/softhsm/libsofthsm2.so.")
  private Path library;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Tokens.list(library).forEach(spec.commandLine().getOut()::println);
    return ExitCode.OK;
  }
}
