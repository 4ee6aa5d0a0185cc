package io.github.keywrap.cli;

import io.github.keywrap.app.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Prints the version of keywrap and of the Java runtime.")
final class VersionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine()
        .getOut()
        .printf("keywrap %s (%s %s)%n", Version.current(), runtime(), Runtime.version());
  }

  private static String runtime() {
    return System.getProperty("java.vm.name");
  }
}
