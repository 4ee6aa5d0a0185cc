package io.github.keywrap.domain;

import java.time.Duration;
import java.util.Collection;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The lanes of a {@link CallQueue}, which guards them: unwraps go first. */
final class Lanes {
  /** The pace grows while calls wait; what is in doubt may wait. */
  private static final double HOPE = 1.25;

  private final int threads;
  private final Paces paces;
  private final Lane unwraps;
  private final Lane wraps;

  /**
   * @param threads for both
   * @param share that one may have
   */
  Lanes(int threads, int share, Paces paces, LongSupplier clock) {
    this.threads = threads;
    this.paces = paces;
    this.unwraps = new Lane(Operation.UNWRAP, paces, share, clock);
    this.wraps = new Lane(Operation.WRAP, paces, share, clock);
  }

  Lane of(Operation operation) {
    return switch (operation) {
      case UNWRAP -> unwraps;
      case WRAP -> wraps;
    };
  }

  int waiting() {
    return unwraps.waiting() + wraps.waiting();
  }

  int running() {
    return unwraps.running() + wraps.running();
  }

  int ready() {
    return unwraps.ready() + wraps.ready();
  }

  /** The lane whose turn it is. A wrap that none has been made before for a second goes first. */
  @Nullable Lane next() {
    boolean isStarving = wraps.isStarving();
    if (unwraps.ready() > 0 && (!isStarving || paces.isCommonLimit())) {
      return unwraps;
    }
    boolean isHeldBack = unwraps.waiting() > 0 && paces.isCommonLimit() && !isStarving;
    return wraps.ready() > 0 && !isHeldBack ? wraps : null;
  }

  /** When it is to be looked again whether a call can be made, in nanoseconds at most. */
  long untilNext(long most) {
    return Stream.of(unwraps, wraps)
        .mapToLong(Lane::untilNext)
        .filter(nanos -> nanos > 0)
        .reduce(most, Math::min);
  }

  /** Whether a thread would take a new call at once. */
  boolean isThreadFree(Operation operation) {
    return of(operation).isFree() && waiting() + running() < threads;
  }

  /** When a new call would be sent. */
  Duration wait(Operation operation) {
    Duration busy = busy(operation);
    Lane lane = of(operation);
    return lane.isPaced() ? Lane.longer(busy, lane.turn((int) (ahead(operation) / HOPE))) : busy;
  }

  /** How long the threads are busy with what goes before a new call. */
  private Duration busy(Operation operation) {
    return switch (operation) {
      case UNWRAP -> unwraps.work();
      case WRAP -> wraps.work().plus(unwraps.work(threads));
    };
  }

  /** How many calls go before a new one where the back end limits them. */
  private int ahead(Operation operation) {
    int ofItsOwn = of(operation).waiting();
    return operation == Operation.WRAP && paces.isCommonLimit()
        ? ofItsOwn + unwraps.waiting()
        : ofItsOwn;
  }

  /** Lets calls go as {@link Lane#weed} does. */
  void weed(Collection<Call<?>> late) {
    unwraps.weed(late);
    wraps.weed(late);
  }

  /** Takes all that waits. */
  void clear(Collection<Call<?>> cleared) {
    unwraps.clear(cleared);
    wraps.clear(cleared);
  }
}
