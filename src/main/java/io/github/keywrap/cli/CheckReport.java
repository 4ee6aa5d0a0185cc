package io.github.keywrap.cli;

import io.github.keywrap.domain.KmsException;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One line for each thing that was tried. */
final class CheckReport {
  private final PrintWriter out;
  private boolean allPassed = true;

  CheckReport(PrintWriter out) {
    this.out = out;
  }

  /**
   * Tries something and prints what came of it, with its time.
   *
   * @param step returns what to print; throws {@link CheckFailedException} or what a call throws
   */
  void line(String name, Supplier<String> step) {
    long start = System.nanoTime();
    String result;
    boolean passed = false;
    try {
      result = step.get();
      passed = true;
    } catch (CheckFailedException e) {
      result = String.valueOf(e.getMessage());
    } catch (KmsException e) {
      result = e.kind() + ": " + e.getMessage();
    } catch (StatusRuntimeException e) {
      result = e.getStatus().getCode() + ": " + e.getStatus().getDescription();
    }
    allPassed &= passed;
    double millis = (System.nanoTime() - start) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    out.printf("%-4s  %-16s  %7.1f ms  %s%n", passed ? "ok" : "FAIL", name, millis, result);
    out.flush();
  }

  boolean allPassed() {
    return allPassed;
  }
}
