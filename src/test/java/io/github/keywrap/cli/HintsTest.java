package io.github.keywrap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a hint tells an operator to type is a command that there is. */
final class HintsTest {
  /** In a text of the program or a script: keywrap, its commands, and their options. */
  private static final Pattern COMMAND =
      Pattern.compile(
          "\\bkeywrap ((?:serve|check|keygen|inspect|config|token|pin|version|completion|help)\\b"
              + "(?: (?:[a-z]+|-{1,2}[a-z-]+(?:[ =](?:[A-Z]+|[a-z]+))?))*|--[a-z]+)");

  /** Words that follow a command in a sentence and are none of it. */
  private static final Pattern SENTENCE = Pattern.compile(" (?:made|prints|moves|serves|ends) ?.*");

  static Stream<String> commandsInHints() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main"))) {
      return files
          .filter(file -> file.toString().matches(".*\\.java|.*/scripts/[a-z-]+"))
          .flatMap(HintsTest::literals)
          .flatMap(text -> COMMAND.matcher(text).results().map(HintsTest::command))
          .distinct()
          .toList()
          .stream();
    }
  }

  private static String command(MatchResult found) {
    return SENTENCE.matcher(found.group(1)).replaceAll("");
  }

  /** A text that goes over several lines is one. */
  private static Stream<String> literals(Path file) {
    try {
      String source =
          Files.readString(file)
              .replaceAll("(?m)^ *(?://|\\*|/\\*|#).*$", "")
              .replaceAll("\"\\s*\\+\\s*\"", "");
      return Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"")
          .matcher(source)
          .results()
          .map(r -> r.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void hintsWithCommandsAreFound() throws IOException {
    assertThat(commandsInHints())
        .contains("keygen --config FILE --key", "pin retry", "config migrate", "inspect --help");
  }

  @ParameterizedTest
  @MethodSource("commandsInHints")
  void whatAHintNamesIsACommandWithThoseOptions(String hint) {
    List<String> words = List.of(hint.split(" "));
    CommandLine command = Main.commandLine();
    for (String word : words) {
      CommandLine next = command.getSubcommands().get(word);
      if (next != null) {
        command = next;
      } else if (word.startsWith("-")) {
        assertThat(command.getCommandSpec().findOption(word))
            .as("%s of %s", word, hint)
            .isNotNull();
      } else {
        assertThat(word).as(hint).matches("[A-Z]+|[a-z]+");
      }
    }
    assertThat(run((String.join(" ", commandPath(command)) + " --help").strip().split(" ")))
        .isZero();
  }

  private static List<String> commandPath(CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    return List.of(name.split(" ")).subList(1, name.split(" ").length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "-h",
        "--version",
        "-V",
        "config --help",
        "token -h",
        "pin -h",
        "serve --version",
        "version"
      })
  void helpAndVersionAreKnownEverywhere(String arguments) {
    StringWriter out = new StringWriter();
    CommandLine keywrap = Main.commandLine().setOut(new PrintWriter(out));
    assertThat(keywrap.execute(arguments.split(" "))).isZero();
    assertThat(out.toString()).contains("keywrap ");
  }

  private static int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(new StringWriter()))
        .setErr(new PrintWriter(new StringWriter()))
        .execute(arguments);
  }
}
