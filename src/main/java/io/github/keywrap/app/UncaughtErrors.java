package io.github.keywrap.app;

import io.github.keywrap.domain.DefectTrace;
import io.github.keywrap.domain.FatalErrors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Tells what ended a thread, without foreign messages, and ends the process where it is worth
 * nothing any more: half a process is worse than a restart.
 */
final class UncaughtErrors implements Thread.UncaughtExceptionHandler {
  private static final Logger LOG = System.getLogger(UncaughtErrors.class.getName());

  private final Console console;

  UncaughtErrors(Console console) {
    this.console = console;
  }

  @Override
  public void uncaughtException(Thread thread, Throwable failure) {
    try {
      LOG.log(
          Level.ERROR,
          "thread {0} hit a defect in keywrap or the end of its resources: {1}",
          thread.getName(),
          DefectTrace.of(failure));
    } finally {
      if (FatalErrors.isFatal(failure)) {
        console.end(Ending.BROKEN);
      }
    }
  }
}
