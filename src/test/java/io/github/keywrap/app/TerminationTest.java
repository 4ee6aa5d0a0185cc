package io.github.keywrap.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;
import sun.misc.SignalHandler;

final class TerminationTest {
  private static final Signal TERM = new Signal("TERM");
  private static final Signal INT = new Signal("INT");
  private static final Signal HUP = new Signal("HUP");

  private final SignalHandler term = Signal.handle(TERM, SignalHandler.SIG_DFL);
  private final SignalHandler interrupt = Signal.handle(INT, SignalHandler.SIG_DFL);
  private final SignalHandler hangup = Signal.handle(HUP, SignalHandler.SIG_DFL);
  private final RecordingConsole console = new RecordingConsole();
  private final Termination termination = new Termination(Duration.ofMillis(100), console);

  @AfterEach
  void restoreHandlers() {
    SignalHandler _ = Signal.handle(TERM, term);
    SignalHandler _ = Signal.handle(INT, interrupt);
    SignalHandler _ = Signal.handle(HUP, hangup);
  }

  @Test
  void sigtermEndsTheProcessAfterTheGraceTimeThoughNobodyHeedsIt() {
    termination.catchSignals();
    Signal.raise(TERM);
    await().until(termination::isRequested);
    assertThat(console.ended).isEmpty();
    await().until(() -> !console.ended.isEmpty());
    assertThat(console.ended).containsExactly(Ending.CUT_OFF);
    assertThat(console.told).anyMatch(line -> line.contains("something hangs"));
  }

  @Test
  void theGraceTimeBeginsWithTheSignal() {
    termination.catchSignals();
    assertThat(termination.graceLeft()).isEqualTo(Duration.ofMillis(100));
    Signal.raise(TERM);
    await().until(() -> termination.graceLeft().isZero());
  }

  /** Where the tests were started with nohup(1), it is ignored already, and nothing is said. */
  @Test
  void sighupEndsNothingAndIsSaid() {
    termination.ignoreHangups();
    Signal.raise(HUP);
    if (!hangup.equals(SignalHandler.SIG_IGN)) {
      await().until(() -> !console.told.isEmpty());
      assertThat(console.told).first().asString().contains("SIGHUP is ignored", "restart keywrap");
    }
    assertThat(termination.isRequested()).isFalse();
  }

  private static final class RecordingConsole implements Console {
    final Queue<String> told = new ConcurrentLinkedQueue<>();
    final Queue<Ending> ended = new ConcurrentLinkedQueue<>();

    @Override
    public void tell(String line) {
      told.add(line);
    }

    @Override
    public long droppedLines() {
      return 0;
    }

    @Override
    public void end(Ending ending) {
      ended.add(ending);
    }
  }
}
