package io.github.keywrap.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/** A tool that tokens are made with. */
final class Command {
  private Command() {}

  /** Runs a tool to its good end; what it says goes to standard output, errors too. */
  static String run(Duration most, List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(most)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
