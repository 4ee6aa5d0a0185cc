package io.github.keywrap.jdcloud;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import io.github.keywrap.jdcloud.HttpTransport.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** One request that is under way, in a thread of its own, and its response. Thread-safe. */
final class Exchange implements AutoCloseable {
  private final CompletableFuture<Response> received = new CompletableFuture<>();
  private final Runnable cancel;

  private Exchange(Runnable cancel) {
    this.cancel = cancel;
  }

  /**
   * @param send may wait, for ever; throws {@link Unanswered} if there is no answer
   * @param cancel makes that end
   */
  static Exchange start(Supplier<Response> send, Runnable cancel) {
    Exchange exchange = new Exchange(cancel);
    Thread.ofVirtual().name("http").start(() -> exchange.run(send));
    return exchange;
  }

  private void run(Supplier<Response> send) {
    try {
      received.complete(send.get());
    } catch (Unanswered failure) {
      received.completeExceptionally(failure);
    } catch (RuntimeException | Error defect) {
      received.completeExceptionally(
          Unanswered.lasting(
              "the HTTP client failed: " + defect.getClass().getSimpleName(), defect));
    }
  }

  /**
   * Waits for the whole answer and leaves the exchange as it is.
   *
   * @return empty if there is none within {@code time}
   * @throws Unanswered if there will be none
   */
  Optional<Response> await(Duration time) {
    return await(received, time);
  }

  /**
   * Waits for the answer to either.
   *
   * @return empty if there is none within {@code time}
   * @throws Unanswered if there will be none to either
   */
  static Optional<Response> awaitEither(Exchange first, Exchange second, Duration time) {
    CompletableFuture<Response> either = new CompletableFuture<>();
    first.tell(either, second);
    second.tell(either, first);
    return await(either, time);
  }

  private void tell(CompletableFuture<Response> either, Exchange other) {
    CompletableFuture<?> _ =
        received.whenComplete(
            (response, failure) -> {
              if (response != null) {
                either.complete(response);
              } else if (other.received.isCompletedExceptionally()) {
                either.completeExceptionally(failure);
              }
            });
  }

  private static Optional<Response> await(CompletableFuture<Response> answer, Duration time) {
    try {
      return Optional.of(answer.get(time.toNanos(), NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Unanswered known
          ? known
          : Unanswered.lasting("the HTTP client failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Unanswered.lasting("interrupted", e);
    }
  }

  boolean isAnswered() {
    return received.isDone() && !received.isCompletedExceptionally();
  }

  /** Gives up what has no answer yet, and ends its connection; others are kept. */
  @Override
  public void close() {
    if (!received.isDone()) {
      cancel.run();
    }
  }
}
