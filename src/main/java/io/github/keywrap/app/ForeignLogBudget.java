package io.github.keywrap.app;

import io.github.keywrap.domain.DefectTrace;
import io.github.keywrap.domain.LogBudget;
import io.quarkus.logging.LoggingFilter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sums up what libraries log, as keywrap does with its own lines: of each kind the first, then at
 * most one in ten seconds with the number of those left out. A client can make Netty warn as often
 * as it likes. Exceptions are told without their messages, which may repeat what was being read,
 * and those of warnings without their forty lines of trace.
 */
@LoggingFilter(name = "foreign")
final class ForeignLogBudget implements Filter {
  private static final String OURS = "io.github.keywrap.";
  private static final Duration PAUSE = Duration.ofSeconds(10);

  /** Long enough to tell messages apart, too short for what varies in them. */
  private static final int SAME = 32;

  /** So that no library fills the memory by making up kinds. */
  private static final int MAX_KINDS = 1_000;

  private final Map<String, LogBudget> budgets = new ConcurrentHashMap<>();
  private final LogBudget rest = new LogBudget(PAUSE);

  @Override
  public boolean isLoggable(LogRecord line) {
    String logger = String.valueOf(line.getLoggerName());
    if (logger.startsWith(OURS)) {
      return true;
    }
    String message = String.valueOf(line.getMessage());
    LogBudget budget =
        budget(
            "%s %s %s"
                .formatted(
                    line.getLevel(),
                    logger,
                    message.substring(0, Math.min(message.length(), SAME))));
    if (!budget.take()) {
      return false;
    }
    tellBriefly(line, budget.leftOut());
    return true;
  }

  private LogBudget budget(String kind) {
    LogBudget known = budgets.get(kind);
    if (known != null) {
      return known;
    }
    return budgets.size() < MAX_KINDS
        ? budgets.computeIfAbsent(kind, _ -> new LogBudget(PAUSE))
        : rest;
  }

  @SuppressWarnings("deprecation") // the one way to the line as it would be written
  private static void tellBriefly(LogRecord line, String leftOut) {
    String addition = leftOut + thrown(line.getThrown(), line.getLevel());
    if (!addition.isEmpty()) {
      String message = ExtLogRecord.wrap(line).getFormattedMessage();
      line.setThrown(null);
      line.setParameters(null);
      setMessage(line, message + addition);
    }
  }

  private static void setMessage(LogRecord line, String message) {
    if (line instanceof ExtLogRecord record) {
      record.setMessage(message, ExtLogRecord.FormatStyle.NO_FORMAT);
    } else {
      line.setMessage(message);
    }
  }

  private static String thrown(@Nullable Throwable thrown, Level level) {
    if (thrown == null) {
      return "";
    }
    return level.intValue() < Level.SEVERE.intValue()
        ? ": " + thrown.getClass().getName()
        : "\n" + DefectTrace.of(thrown);
  }
}
