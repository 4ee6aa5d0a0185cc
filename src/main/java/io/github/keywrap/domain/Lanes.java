package io.github.keywrap.domain;

import java.time.Duration;
import java.util.Collection;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The lanes of a {@link CallQueue}, which guards them: unwraps go first. */
final class Lanes {
  /** The pace grows while calls wait; what is in doubt may wait. */
  private static final double HOPE = 1.25;

  private final int threads;
  private final Lane unwraps;
  private final Lane wraps;

  /**
   * @param threads for both
   * @param share that one may have
   */
  Lanes(int threads, int share, Paces paces, LongSupplier clock) {
    this.threads = threads;
    this.unwraps = new Lane(paces.of(Operation.UNWRAP), share, clock);
    this.wraps = new Lane(paces.of(Operation.WRAP), share, clock);
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
    boolean isStarving = wraps.ready() > 0 && wraps.pace().isStarving();
    if (unwraps.ready() > 0 && (!isStarving || isCommonLimit())) {
      return unwraps;
    }
    boolean isHeldBack = unwraps.waiting() > 0 && isCommonLimit() && !isStarving;
    return wraps.ready() > 0 && !isHeldBack ? wraps : null;
  }

  /** Where both are throttled, it is one limit for both, as far as anybody can tell. */
  private boolean isCommonLimit() {
    return unwraps.pace().isLimited() && wraps.pace().isLimited();
  }

  /** Whether a thread would take a new call at once. */
  boolean isThreadFree(Operation operation) {
    return of(operation).isFree() && waiting() + running() < threads;
  }

  /** When a new call would be sent. */
  Duration wait(Operation operation) {
    Duration busy = busy(operation);
    Pace pace = of(operation).pace();
    return pace.isLimited() ? Lane.longer(busy, pace.wait((int) (ahead(operation) / HOPE))) : busy;
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
    return operation == Operation.WRAP && isCommonLimit() ? ofItsOwn + unwraps.waiting() : ofItsOwn;
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
