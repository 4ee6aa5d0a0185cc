package io.github.keywrap.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Transcripts of a shell, as a person would have them: commands behind {@code $}, further lines of
 * one behind {@code >}, then what it wrote, and its exit code where that is not zero.
 */
@Timeout(120)
final class TranscriptIT {
  private static final Path TRANSCRIPTS = Path.of("src/test/resources/transcripts");

  @TempDir private Path folder;

  private record Step(String command, String output) {}

  @ParameterizedTest
  @ValueSource(strings = {"local-key", "serve", "mistakes"})
  void isWhatAShellShows(String name) throws Exception {
    for (Step step : steps(Files.readAllLines(TRANSCRIPTS.resolve(name + ".txt")))) {
      assertThat(run(step.command())).as("$ " + step.command()).matches(pattern(step.output()));
    }
  }

  private static List<Step> steps(List<String> lines) {
    List<Step> steps = new ArrayList<>();
    StringBuilder command = new StringBuilder();
    StringBuilder output = new StringBuilder();
    for (String line : lines) {
      if (line.startsWith("$ ") || line.startsWith("#")) {
        end(command, output, steps);
      }
      if (line.startsWith("$ ") || line.startsWith("> ")) {
        command.append(line.substring(2)).append('\n');
      } else if (!line.startsWith("#")) {
        output.append(line).append('\n');
      }
    }
    end(command, output, steps);
    return steps;
  }

  private static void end(StringBuilder command, StringBuilder output, List<Step> steps) {
    if (!command.isEmpty()) {
      steps.add(new Step(command.toString(), output.toString()));
    }
    command.setLength(0);
    output.setLength(0);
  }

  /** Within a line, "…" stands for anything. */
  private static Pattern pattern(String output) {
    return Pattern.compile(
        Arrays.stream(output.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
  }

  /** What it wrote, to either output. */
  private String run(String command) throws IOException, InterruptedException {
    ProcessBuilder shell =
        new ProcessBuilder("bash", "-c", command)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    shell
        .environment()
        .merge("PATH", Program.EXECUTABLE.getParent().toString(), (path, own) -> own + ":" + path);
    Process process = shell.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    int exitCode = process.waitFor();
    return exitCode == 0 ? output : output + "exit " + exitCode + "\n";
  }
}
