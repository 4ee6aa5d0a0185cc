package io.github.keywrap.device;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.Steps;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Runs what a command does with a library, and does not wait for ever: a call can hang in it. */
public final class Foreground {
  /** For the work, which has a deadline. */
  public static final Duration WORK_TIMEOUT = Duration.ofSeconds(30);

  /** Longer than anything may take that has a deadline. */
  private static final Duration MAX = Duration.ofSeconds(60);

  private Foreground() {}

  /**
   * Waits for the work; leaves it behind if it does not end.
   *
   * @throws BackendUnavailable if it does not end in time
   */
  public static <T> T run(Supplier<T> work) {
    return run(new Progress(Steps.UNTOLD), work);
  }

  /**
   * The same with steps, of which the one that hangs is named.
   *
   * @param progress of the work, for messages
   * @throws BackendUnavailable if it does not end in time
   */
  public static <T> T run(Progress progress, Supplier<T> work) {
    return run(MAX, progress, work);
  }

  public static <T> T run(Duration most, Progress progress, Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread _ =
        Thread.ofPlatform()
            .name("pkcs11-command")
            .daemon()
            .start(
                () -> {
                  try {
                    result.complete(work.get());
                  } catch (RuntimeException | Error failure) {
                    result.completeExceptionally(failure);
                  }
                });
    try {
      return result.get(most.toNanos(), NANOSECONDS);
    } catch (TimeoutException e) {
      throw new BackendUnavailable(
          "the PKCS#11 library has not come back for %d s%s"
              .formatted(most.toSeconds(), progress.words()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendUnavailable("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : new CompletionException(e);
    }
  }
}
