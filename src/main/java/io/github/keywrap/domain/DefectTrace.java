package io.github.keywrap.domain;

import org.jspecify.annotations.Nullable;

/**
 * A stack trace without messages: those of libraries repeat what they were reading, and that may be
 * a secret. For logs, in the place of the exception itself.
 */
public final class DefectTrace {
  private static final int MAX_CAUSES = 8;
  private static final int MAX_FRAMES = 40;

  private DefectTrace() {}

  /** Class and frames of the exception and of its causes, over several lines. */
  public static String of(Throwable defect) {
    StringBuilder trace = new StringBuilder();
    @Nullable Throwable cause = defect;
    for (int number = 0; cause != null && number < MAX_CAUSES; number++) {
      trace.append(number == 0 ? "" : "\nCaused by: ").append(cause.getClass().getName());
      append(trace, cause.getStackTrace());
      cause = cause.getCause();
    }
    return trace.toString();
  }

  private static void append(StringBuilder trace, StackTraceElement[] frames) {
    for (int i = 0; i < frames.length && i < MAX_FRAMES; i++) {
      trace.append("\n\tat ").append(frames[i]);
    }
  }
}
