package io.github.keywrap.jdcloud;

import io.github.keywrap.jdcloud.CallFailure.Refused;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps questions that can wait from a service that limits calls: asked again only after the pause
 * that it asks for, and in the usual pause all the same. Thread-safe.
 */
final class Cooldown {
  private final Duration usual;
  private final LongSupplier clock;
  private final Map<String, Refusal> refusals = new ConcurrentHashMap<>();

  private record Refusal(Refused refused, long until) {}

  /**
   * @param usual as often such questions are asked when all is well
   * @param clock {@link System#nanoTime}
   */
  Cooldown(Duration usual, LongSupplier clock) {
    this.usual = usual;
    this.clock = clock;
  }

  /**
   * Asks, unless the same question was throttled a short while ago.
   *
   * @throws Refused also if it was not asked
   */
  <T> T ask(ApiRequest question, Supplier<T> call) {
    String name = question.toString();
    Refusal last = refusals.get(name);
    if (last != null && clock.getAsLong() - last.until() < 0) {
      throw last.refused();
    }
    try {
      T answer = call.get();
      refusals.remove(name);
      return answer;
    } catch (Refused refused) {
      if (refused.isThrottled()) {
        Duration pause = refused.retryAfter().filter(p -> p.compareTo(usual) < 0).orElse(usual);
        refusals.put(name, new Refusal(refused, clock.getAsLong() + pause.toNanos()));
      }
      throw refused;
    }
  }
}
