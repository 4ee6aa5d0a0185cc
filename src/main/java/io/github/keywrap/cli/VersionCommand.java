package io.github.keywrap.cli;

import io.github.keywrap.app.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
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
    spec.commandLine().getOut().println(text());
  }

  private static String text() {
    return "keywrap %s (%s %s)"
        .formatted(Version.current(), System.getProperty("java.vm.name"), Runtime.version());
  }

  /** The same for {@code --version}, of every command. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {text()};
    }
  }
}
