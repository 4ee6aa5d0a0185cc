package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A key's queue before a back end that takes a time for each call that a test decides, in a time
 * that the simulation makes pass: no thread, no waiting, the same each time.
 */
final class SimulatedKey {
  private static final long TICK = Duration.ofMillis(10).toNanos();

  private final CallQueue queue;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<Call<Long>> open = new ArrayList<>();
  private final LongUnaryOperator serviceTime;
  private long now;
  private long order;
  private int[] good = new int[0];

  private record Event(long at, long order, Runnable happens) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  /**
   * @param serviceTime of a call that begins at a time, in nanoseconds both
   */
  SimulatedKey(int threads, LongUnaryOperator serviceTime) {
    this.queue = new CallQueue("hsm", threads, threads, 4_096, new Paces(() -> now), () -> now);
    this.serviceTime = serviceTime;
    at(TICK, this::tick);
  }

  private void tick() {
    List<Call<Long>> expired = open.stream().filter(call -> call.deadline().isExpired()).toList();
    expired.forEach(
        call -> call.fail(KmsException.BackendUnavailable.deadlineExceeded("the time is up")));
    open.removeIf(call -> call.result().isDone());
    queue.weed();
    startWorkers();
    at(TICK, this::tick);
  }

  /** Makes something happen so much later. */
  void at(long later, Runnable happens) {
    events.add(new Event(now + later, order++, happens));
  }

  /** Runs until so much time has passed. */
  void run(Duration time) {
    good = new int[(int) time.toSeconds() + 1];
    long end = now + time.toNanos();
    while (!events.isEmpty() && events.peek().at() < end) {
      Event next = events.remove();
      now = next.at();
      next.happens().run();
    }
    now = end;
  }

  /**
   * A caller asks.
   *
   * @param told whether it was answered in time
   */
  void call(Operation operation, Duration patience, java.util.function.Consumer<Boolean> told) {
    CompletableFuture<Long> result = new CompletableFuture<>();
    Deadline deadline = Deadline.after(patience, () -> now);
    Call<Long> call =
        new Call<>(operation, order++, () -> now, deadline, result, Call.Sending.IN_TIME);
    @Nullable KmsException refusal = queue.offer(call);
    if (refusal != null) {
      told.accept(false);
      return;
    }
    open.add(call);
    CompletableFuture<?> _ =
        result.whenComplete(
            (_, failure) -> {
              boolean isGood = failure == null && !deadline.isExpired();
              good[(int) (now / 1_000_000_000L)] += isGood ? 1 : 0;
              told.accept(isGood);
            });
    startWorkers();
  }

  private void startWorkers() {
    while (queue.claimWorker()) {
      work();
    }
  }

  private void work() {
    @Nullable Call<?> call = queue.next();
    if (call != null) {
      long took = serviceTime.applyAsLong(now);
      at(
          took,
          () -> {
            assertThat(call.run()).isNull();
            queue.ended(call, Duration.ofNanos(took));
            work();
          });
    }
  }

  /** Calls that were answered in time, for each second. */
  int[] goodPerSecond() {
    return good;
  }

  long now() {
    return now;
  }
}
