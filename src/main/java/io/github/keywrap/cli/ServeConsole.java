package io.github.keywrap.cli;

import io.github.keywrap.app.Console;
import io.github.keywrap.app.Ending;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.time.Duration;

/**
 * Standard error of a server: no thread that serves waits for whoever reads it. The log goes there,
 * and so does what a library prints.
 */
final class ServeConsole implements Console {
  /** A thousand lines or more. */
  private static final int CAPACITY = 256 * 1_024;

  private static final Duration LAST_WORDS = Duration.ofMillis(300);

  private final LossyOutput output;
  private final PrintStream err;

  private ServeConsole(LossyOutput output) {
    this.output = output;
    this.err = new PrintStream(output, true, System.err.charset());
  }

  /** Takes standard error over, for the rest of the process; before anything is logged. */
  static ServeConsole install() {
    ServeConsole console =
        new ServeConsole(new LossyOutput(new FileOutputStream(FileDescriptor.err), CAPACITY));
    System.setErr(console.err);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(console::lastWords));
    return console;
  }

  PrintStream err() {
    return err;
  }

  private void lastWords() {
    try {
      output.drain(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void tell(String line) {
    err.println(line);
  }

  @Override
  public long droppedLines() {
    return output.dropped();
  }

  @Override
  public void end(Ending ending) {
    lastWords();
    Runtime.getRuntime().halt(ExitCode.of(ending));
  }
}
