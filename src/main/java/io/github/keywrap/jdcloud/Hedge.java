package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import io.github.keywrap.jdcloud.HttpTransport.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Waits for an answer as long as the caller does, and sends a second request beside one that takes
 * unusually long: a hedged request (Dean and Barroso, "The Tail at Scale", 2013). Thread-safe.
 */
final class Hedge {
  private final Patience patience;

  /**
   * @param most after so long without an answer a second request is sent, at the latest
   */
  Hedge(Duration most) {
    this.patience = new Patience(most);
  }

  /**
   * The first answer; the other request is given up, and its answer wiped.
   *
   * @param peer whom a connection is made to, for the message
   * @param start sends the request, each time with a nonce of its own
   * @throws Unanswered if there is none before {@code deadline}
   */
  Response answer(String peer, Supplier<Exchange> start, Deadline deadline) {
    Duration remaining = deadline.remaining();
    Optional<Duration> forOne = patience.forOne(remaining);
    try (Exchange first = start.get()) {
      if (first.isAnsweredWithin(forOne.orElse(remaining))) {
        return taken(first);
      }
      if (forOne.isPresent()) {
        try (Exchange second = start.get()) {
          Optional<Exchange> answered = Exchange.awaitEither(first, second, deadline.remaining());
          if (answered.isPresent()) {
            return taken(answered.get());
          }
        }
      }
      patience.answered(first.age());
    }
    throw Unanswered.inTime(
        "no answer from %s within %d ms".formatted(peer, remaining.toMillis()), null);
  }

  private Response taken(Exchange answered) {
    patience.answered(answered.age());
    return answered.take();
  }
}
