package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import io.github.keywrap.jdcloud.HttpTransport.Response;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Requests whose answers come when the test says so. */
final class HedgeTest {
  private final Hedge impatient = new Hedge(Duration.ofMillis(50));
  private final List<CompletableFuture<Response>> sent = new ArrayList<>();
  private int cancelled;

  private static Response response(String body) {
    return new Response(200, HttpHeaders.of(Map.of(), (_, _) -> true), body.getBytes(US_ASCII));
  }

  private synchronized Exchange send() {
    CompletableFuture<Response> answer = new CompletableFuture<>();
    sent.add(answer);
    return Exchange.start(answer::join, () -> cancelled++);
  }

  private CompletableFuture<Response> call(Duration time) {
    return call(impatient, time);
  }

  private CompletableFuture<Response> call(Hedge hedge, Duration time) {
    Deadline deadline = Deadline.after(time);
    return CompletableFuture.supplyAsync(() -> hedge.answer("the KMS", this::send, deadline));
  }

  private synchronized int requests() {
    return sent.size();
  }

  @Test
  void anAnswerInTimeIsTheOnlyOne() {
    CompletableFuture<Response> call =
        call(new Hedge(Duration.ofMinutes(1)), Duration.ofSeconds(10));
    await().until(() -> requests() == 1);
    sent.getFirst().complete(response("first"));
    assertThat(call.join().body()).asString(US_ASCII).isEqualTo("first");
    assertThat(sent).hasSize(1);
  }

  @Test
  void theAnswerThatComesTooLateIsWipedAndTheOtherIsNot() {
    Response late = response("late");
    CompletableFuture<Response> call = call(Duration.ofSeconds(10));
    await().until(() -> requests() == 2);
    sent.get(1).complete(response("second"));
    assertThat(call.join().body()).asString(US_ASCII).isEqualTo("second");
    assertThat(cancelled).isEqualTo(1);
    sent.get(0).complete(late);
    await().untilAsserted(() -> assertThat(late.body()).containsOnly(0));
    assertThat(call.join().body()).asString(US_ASCII).isEqualTo("second");
  }

  @Test
  void anAnswerAfterTheDeadlineIsWiped() {
    Response late = response("late");
    CompletableFuture<Response> call = call(Duration.ofMillis(20));
    assertThatThrownBy(call::join).hasCauseInstanceOf(Unanswered.class);
    sent.getFirst().complete(late);
    await().untilAsserted(() -> assertThat(late.body()).containsOnly(0));
  }

  @Test
  void oneThatFailsLeavesTheOther() {
    CompletableFuture<Response> call = call(Duration.ofSeconds(10));
    await().until(() -> requests() == 2);
    sent.get(1).completeExceptionally(new IllegalStateException("broken"));
    sent.get(0).complete(response("first"));
    assertThat(call.join().body()).asString(US_ASCII).isEqualTo("first");
  }
}
