package io.github.keywrap.cli;

import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.transport.KmsClient;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
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
      result = e.getMessage();
    } catch (KmsException e) {
      result = e.kind() + ": " + e.getMessage();
    } catch (RuntimeException e) {
      result = KmsClient.refusal(e).orElseThrow(() -> e);
    }
    allPassed &= passed;
    double millis = (System.nanoTime() - start) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    out.printf("%-4s  %-18s  %7.1f ms  %s%n", passed ? "ok" : "FAIL", name, millis, result);
    out.flush();
  }

  /** Prints what is good to know, and neither passes nor fails. */
  void note(String name, String text) {
    out.printf("%-4s  %-18s  %10s  %s%n", "note", name, "", text);
    out.flush();
  }

  /** A line for each step of the way to a key, with the name of the key before it. */
  Steps of(String key) {
    return new Steps() {
      @Override
      public <T> T step(String name, Supplier<T> step, Function<T, String> result) {
        return CheckReport.this.step(key + ", " + name, step, result);
      }
    };
  }

  /** Like {@link #line}, for a step that others build on. */
  private <T> T step(String name, Supplier<T> step, Function<T, String> result) {
    AtomicReference<T> value = new AtomicReference<>();
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    line(
        name,
        () -> {
          try {
            value.set(step.get());
            return result.apply(value.get());
          } catch (RuntimeException e) {
            failure.set(e);
            throw e instanceof KmsException known ? known : new CheckFailedException(reason(e));
          }
        });
    if (failure.get() != null) {
      throw failure.get();
    }
    return value.get();
  }

  /** Of an exception that is not ours, its words stay unsaid: they may repeat a secret. */
  private static String reason(RuntimeException failure) {
    return failure instanceof OperatorException known
        ? known.getMessage()
        : "a defect in keywrap: " + failure.getClass().getSimpleName();
  }

  boolean allPassed() {
    return allPassed;
  }
}
