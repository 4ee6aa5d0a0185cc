package io.github.keywrap.app;

import io.github.keywrap.domain.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * SIGTERM and SIGINT as a condition to wait for. The JVM's own way of handling them would end the
 * process with 143 while calls are in flight. From the signal on the process has the grace time,
 * and a moment to end: then it is ended, whatever hangs in it.
 */
final class Termination {
  private static final Logger LOG = System.getLogger(Termination.class.getName());
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final Duration grace;
  private final Console console;
  private final CountDownLatch requested = new CountDownLatch(1);
  private volatile @Nullable Deadline end;

  /**
   * @param grace how long calls in flight may take from the signal on
   */
  Termination(Duration grace, Console console) {
    this.grace = grace;
    this.console = console;
  }

  /**
   * From now on SIGHUP no longer ends the process. It is not logged, for it may come while the
   * logging is being set up.
   */
  void ignoreHangups() {
    Signal.handle(
        new Signal("HUP"),
        _ ->
            console.tell(
                "warning: SIGHUP is ignored: settings are read at the start only\n"
                    + "hint: restart keywrap to change them"));
  }

  /**
   * SIGQUIT does not end the process either. The JVM keeps it to itself, for a list of its threads,
   * and does not end either; where nobody does, the system would end the process.
   */
  void ignoreQuit() {
    try {
      SignalHandler _ = Signal.handle(new Signal("QUIT"), SignalHandler.SIG_IGN);
    } catch (IllegalArgumentException ofTheJvm) {
      LOG.log(Level.DEBUG, "SIGQUIT is the JVM's own");
    }
  }

  /** From now on the two signals no longer end the process by themselves. */
  void catchSignals() {
    CountDownLatch signalled = new CountDownLatch(1);
    Thread _ = Thread.ofPlatform().name("end").daemon().start(() -> endAfter(signalled));
    Signal.handle(new Signal("TERM"), _ -> request(signalled));
    Signal.handle(new Signal("INT"), _ -> request(signalled));
  }

  private void request(CountDownLatch signalled) {
    request();
    signalled.countDown();
  }

  /** Started in time: when it is needed, there may be nothing left to start it with. */
  private void endAfter(CountDownLatch signalled) {
    try {
      signalled.await();
    } catch (InterruptedException nobodyDoes) {
      return;
    }
    Deadline limit = Deadline.after(graceLeft().plus(MOMENT));
    while (!limit.isExpired()) {
      LockSupport.parkNanos(limit.remaining().toNanos());
    }
    console.tell("error: ended by force: something hangs, and calls may have been cut off");
    console.end(Ending.CUT_OFF);
  }

  void request() {
    if (end == null) {
      end = Deadline.after(grace);
    }
    requested.countDown();
  }

  void await() throws InterruptedException {
    requested.await();
  }

  boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** What is left of the grace time; all of it, as long as nobody asked for the end. */
  Duration graceLeft() {
    Deadline deadline = end;
    return deadline == null ? grace : deadline.remaining();
  }
}
