package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one key that wait for a thread, or for their turn where the back end limits calls.
 * Each operation keeps to its own pace and has its own share of the threads; unwraps go first.
 * Thread-safe, never waits.
 */
final class CallQueue {
  /** For a call to come back at all. */
  private static final Duration LEAST_TIME = Duration.ofMillis(20);

  /** The pace grows while calls wait; what is in doubt may wait. */
  private static final double HOPE = 1.25;

  private final String name;
  private final int capacity;
  private final Map<Operation, Lane> lanes = new EnumMap<>(Operation.class);
  private final int threads;
  private int workers;
  private boolean isClosed;

  /** The calls of one operation. */
  private static final class Lane {
    final Pace pace;
    final int mostAtOnce;
    final PriorityQueue<Call<?>> waiting =
        new PriorityQueue<>(Comparator.<Call<?>>comparingLong(Call::order));
    int running;

    Lane(Pace pace, int mostAtOnce) {
      this.pace = pace;
      this.mostAtOnce = mostAtOnce;
    }

    /** How many calls can be made now. */
    int ready() {
      int most = Math.min(waiting.size(), mostAtOnce - running);
      return most <= 0 ? 0 : Math.min(most, pace.available());
    }
  }

  /**
   * @param threads that take calls
   * @param share of them that one operation may have
   */
  CallQueue(String name, int threads, int share, int capacity, Paces paces) {
    this.name = name;
    this.threads = threads;
    this.capacity = capacity;
    for (Operation operation : Operation.values()) {
      lanes.put(operation, new Lane(paces.of(operation), share));
    }
  }

  private Lane lane(Operation operation) {
    return Objects.requireNonNull(lanes.get(operation));
  }

  /**
   * Takes a call, or says why it does not.
   *
   * @return null if it waits now
   */
  synchronized @Nullable KmsException offer(Call<?> call) {
    if (isClosed) {
      return closed();
    }
    int waiting = lanes.values().stream().mapToInt(lane -> lane.waiting.size()).sum();
    if (waiting >= capacity + threads - running()) {
      return new Throttled(
          "key \"%s\" has %d calls waiting and takes no more; its back end is too slow for this load"
              .formatted(name, waiting));
    }
    Lane lane = lane(call.operation());
    if (lane.pace.isLimited()) {
      Duration wait = lane.pace.wait((int) (ahead(call.operation()) / HOPE));
      if (!fits(call, wait)) {
        return tooLate("the next call could be made in %d ms".formatted(wait.toMillis()));
      }
    }
    lane.waiting.add(call);
    return null;
  }

  private int running() {
    return lanes.values().stream().mapToInt(lane -> lane.running).sum();
  }

  /** How many calls go before a new one. */
  private int ahead(Operation operation) {
    int ofItsOwn = lane(operation).waiting.size();
    return operation == Operation.WRAP && isCommonLimit()
        ? ofItsOwn + lane(Operation.UNWRAP).waiting.size()
        : ofItsOwn;
  }

  /** Where both are throttled, it is one limit for both, as far as anybody can tell. */
  private boolean isCommonLimit() {
    return lane(Operation.WRAP).pace.isLimited() && lane(Operation.UNWRAP).pace.isLimited();
  }

  /** Whether a call that is sent after {@code wait} has the time that calls usually take. */
  private boolean fits(Call<?> call, Duration wait) {
    Duration usual = lane(call.operation()).pace.usualTime();
    Duration needed = usual.compareTo(LEAST_TIME) > 0 ? usual : LEAST_TIME;
    return call.deadline().remaining().compareTo(wait.plus(needed)) >= 0;
  }

  private static Throttled tooLate(String why) {
    return new Throttled(
        "the back end limits how often it is called, and the call would come too late: " + why);
  }

  private BackendUnavailable closed() {
    return new BackendUnavailable("key \"" + name + "\" is closed", null);
  }

  /** Whether a thread more can begin to work; it has begun then. */
  synchronized boolean claimWorker() {
    int ready = lanes.values().stream().mapToInt(Lane::ready).sum();
    boolean isNeeded = workers < threads && workers - running() < ready && peek() != null;
    workers += isNeeded ? 1 : 0;
    return isNeeded;
  }

  /** A worker could not begin. */
  synchronized void unclaimWorker() {
    workers--;
  }

  /** The lane whose turn it is. */
  private @Nullable Lane peek() {
    Lane unwraps = lane(Operation.UNWRAP);
    Lane wraps = lane(Operation.WRAP);
    if (unwraps.ready() > 0) {
      return unwraps;
    }
    boolean isHeldBack = !unwraps.waiting.isEmpty() && isCommonLimit() && !wraps.pace.isStarving();
    return wraps.ready() > 0 && !isHeldBack ? wraps : null;
  }

  /**
   * The next call for a worker.
   *
   * @param done what the worker has just ended
   * @return null if there is none now: the worker has ended
   */
  synchronized @Nullable Call<?> next(@Nullable Call<?> done) {
    if (done != null) {
      lane(done.operation()).running--;
    }
    Lane lane = peek();
    Call<?> call = lane == null ? null : lane.waiting.poll();
    if (lane == null || call == null) {
      workers--;
      return null;
    }
    lane.pace.take();
    lane.running++;
    return call;
  }

  /** A call was throttled: it waits again if that makes sense, or fails. */
  synchronized void again(Call<?> call, Throttled throttled) {
    Lane lane = lane(call.operation());
    if (isClosed || !fits(call, lane.pace.wait(0))) {
      call.fail(new Throttled(throttled.getMessage()));
    } else {
      lane.waiting.add(call);
    }
  }

  /** Lets calls go that nobody waits for any more, or that could not be answered in time. */
  synchronized void weed() {
    for (Lane lane : lanes.values()) {
      if (lane.pace.isLimited()) {
        lane.waiting.stream()
            .filter(call -> !fits(call, Duration.ZERO))
            .forEach(call -> call.fail(tooLate("others were first")));
      }
      lane.waiting.removeIf(call -> call.result().isDone());
    }
  }

  /** Takes no more calls. */
  synchronized void close() {
    isClosed = true;
  }

  /** Fails what waits. */
  synchronized void abandon() {
    for (Lane lane : lanes.values()) {
      lane.waiting.forEach(call -> call.fail(closed()));
      lane.waiting.clear();
    }
  }
}
