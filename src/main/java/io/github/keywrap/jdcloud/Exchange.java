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

/** One request that is under way, in a thread of its own, and its response. For one caller. */
final class Exchange implements AutoCloseable {
  private final CompletableFuture<Response> received = new CompletableFuture<>();
  private final Runnable cancel;
  private final long began = System.nanoTime();

  /** Of the caller's thread. */
  private boolean isTaken;

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
   * @return whether there is one within {@code time}
   * @throws Unanswered if there will be none
   */
  boolean isAnsweredWithin(Duration time) {
    return await(received, time).isPresent();
  }

  /**
   * Waits for the answer to either.
   *
   * @return the exchange that has it; empty if there is none within {@code time}
   * @throws Unanswered if there will be none to either
   */
  static Optional<Exchange> awaitEither(Exchange first, Exchange second, Duration time) {
    CompletableFuture<Exchange> either = new CompletableFuture<>();
    first.tell(either, second);
    second.tell(either, first);
    return await(either, time);
  }

  private void tell(CompletableFuture<Exchange> either, Exchange other) {
    CompletableFuture<?> _ =
        received.whenComplete(
            (response, failure) -> {
              if (response != null) {
                either.complete(this);
              } else if (other.received.isCompletedExceptionally()) {
                either.completeExceptionally(failure);
              }
            });
  }

  private static <T> Optional<T> await(CompletableFuture<T> answer, Duration time) {
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

  /** The answer, which is there, and the caller's from now on. */
  Response take() {
    isTaken = true;
    return received.join();
  }

  /** Since it was sent. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /**
   * Gives up what has no answer yet, and ends its connection; others are kept. What nobody took is
   * wiped, whenever it comes.
   */
  @Override
  public void close() {
    if (!received.isDone()) {
      cancel.run();
    }
    if (!isTaken) {
      CompletableFuture<?> _ = received.thenAccept(Response::wipe);
    }
  }
}
