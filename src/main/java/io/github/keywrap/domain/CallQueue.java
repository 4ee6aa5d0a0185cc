package io.github.keywrap.domain;

import io.github.keywrap.domain.Call.Sending;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one key that wait for a thread, or for their turn where the back end limits calls.
 * Takes no call that could not be answered in its time, as far as recent calls show, and lets go of
 * one for which it becomes too late. Each operation keeps to its own pace and has its own share of
 * the threads; unwraps go first. Thread-safe, never waits; callers hear of their fate outside of
 * its lock.
 */
final class CallQueue {
  private final String name;
  private final int threads;
  private final int capacity;
  private final Lanes lanes;
  private final Overload overload;
  private int workers;
  private boolean isClosed;

  /**
   * @param threads that take calls
   * @param share of them that one operation may have
   * @param capacity calls that may wait for a thread
   * @param clock tells nanoseconds
   */
  CallQueue(String name, int threads, int share, int capacity, Paces paces, LongSupplier clock) {
    this.name = name;
    this.threads = threads;
    this.capacity = capacity;
    this.lanes = new Lanes(threads, share, paces, clock);
    this.overload = new Overload(name, share);
  }

  /**
   * Takes a call, or says why it does not.
   *
   * @return null if it waits now
   */
  @Nullable KmsException offer(Call<?> call) {
    Collection<Call<?>> late = new ArrayList<>();
    @Nullable KmsException refusal = enter(call, late);
    passOver(late);
    return refusal;
  }

  private synchronized @Nullable KmsException enter(Call<?> call, Collection<Call<?>> late) {
    if (isClosed) {
      return closed();
    }
    if (isFull()) {
      lanes.weed(late);
    }
    return isFull() ? overload.full(lanes.waiting()) : admit(call);
  }

  private boolean isFull() {
    return lanes.waiting() >= capacity + threads - lanes.running();
  }

  private @Nullable Throttled admit(Call<?> call) {
    Lane lane = lanes.of(call.operation());
    Duration wait = lanes.wait(call.operation());
    boolean isPaced = lane.isPaced();
    if (!isPaced && lanes.isThreadFree(call.operation())) {
      lane.add(call.sent(Sending.UNLESS_LIMITED));
    } else if (lane.fits(call, wait)) {
      lane.add(call);
    } else if ((!isPaced || lane.hasTurn(call, wait)) && lane.takeTrial()) {
      lane.add(call.sent(Sending.AS_TRIAL));
    } else {
      return overload.tooLate(isPaced, wait);
    }
    return null;
  }

  private void passOver(Collection<Call<?>> late) {
    late.forEach(call -> call.fail(overload.passedOver(lanes.of(call.operation()).isPaced())));
  }

  private BackendUnavailable closed() {
    return new BackendUnavailable("key \"" + name + "\" is closed", null);
  }

  /** Whether a thread more can begin to work; it has begun then. */
  synchronized boolean claimWorker() {
    boolean isNeeded =
        workers < threads && workers - lanes.running() < lanes.ready() && lanes.next() != null;
    workers += isNeeded ? 1 : 0;
    return isNeeded;
  }

  /** A worker could not begin. */
  synchronized void unclaimWorker() {
    workers--;
  }

  /**
   * The next call for a worker, which tells when it has {@link #ended}.
   *
   * @return null if there is none now: the worker has ended
   */
  @Nullable Call<?> next() {
    Collection<Call<?>> late = new ArrayList<>();
    @Nullable Call<?> call = take(late);
    passOver(late);
    return call;
  }

  private synchronized @Nullable Call<?> take(Collection<Call<?>> late) {
    for (Lane lane = lanes.next(); lane != null; lane = lanes.next()) {
      @Nullable Call<?> call = lane.poll(late);
      if (call != null) {
        return call;
      }
    }
    workers--;
    return null;
  }

  /**
   * A call has come back from the back end.
   *
   * @param took null if that says nothing of others
   */
  synchronized void ended(Call<?> call, @Nullable Duration took) {
    lanes.of(call.operation()).ended(call, took);
  }

  /** Whether a worker may make another call to the back end at once; it is counted then. */
  synchronized boolean takeTurn(Operation operation) {
    return lanes.of(operation).takeTurn();
  }

  /** When to ask again whether there is a call to make, in nanoseconds at most. */
  synchronized long untilNext(long most) {
    return lanes.untilNext(most);
  }

  /**
   * A call was throttled: it waits again if that makes sense, or fails. Where the read-back of a
   * wrap was throttled, only that is left, and waits for its own turn.
   */
  void again(Call<?> call, Throttled throttled) {
    if (!waitsAgain(call.as(throttled.operation().orElse(call.operation())))) {
      call.fail(new Throttled(throttled.getMessage()));
    }
  }

  private synchronized boolean waitsAgain(Call<?> call) {
    Lane lane = lanes.of(call.operation());
    boolean waits = !isClosed && lane.fits(call, lane.turn(0));
    if (waits) {
      lane.add(call);
    }
    return waits;
  }

  /** Lets calls go that nobody waits for any more, or that could not be answered in time. */
  void weed() {
    Collection<Call<?>> late = new ArrayList<>();
    synchronized (this) {
      lanes.weed(late);
    }
    passOver(late);
  }

  /** Takes no more calls. */
  synchronized void close() {
    isClosed = true;
  }

  /** Fails what waits. */
  void abandon() {
    Collection<Call<?>> left = new ArrayList<>();
    synchronized (this) {
      lanes.clear(left);
    }
    left.forEach(call -> call.fail(closed()));
  }
}
