package io.github.keywrap.domain;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one operation that wait in a {@link CallQueue}, which guards it. The oldest goes
 * first; once some came too late, the newest: it is the one whose caller is sure to wait long
 * enough.
 */
final class Lane {
  /** For a call to come back at all. */
  private static final Duration MIN_TIME = Duration.ofMillis(20);

  private static final long LATE = Duration.ofSeconds(1).toNanos();
  private static final long TRIAL_PAUSE = Duration.ofSeconds(1).toNanos();

  private final Operation operation;
  private final Paces paces;
  private final int threads;
  private final LongSupplier clock;
  private final ServiceTimes times;
  private final NavigableMap<Long, Call<?>> waiting = new TreeMap<>();
  private int running;
  private boolean isLate;
  private long lateAt;
  private long trialAt;

  /**
   * @param threads that may be in the back end for this operation at once
   * @param clock tells nanoseconds
   */
  Lane(Operation operation, Paces paces, int threads, LongSupplier clock) {
    this.operation = operation;
    this.paces = paces;
    this.threads = threads;
    this.clock = clock;
    this.times = new ServiceTimes(clock);
    this.trialAt = clock.getAsLong();
  }

  /** Whether the back end limits these calls. */
  boolean isPaced() {
    return paces.isLimited(operation);
  }

  /** When a call would be sent before which so many others wait, as far as limits go. */
  Duration turn(int others) {
    return paces.wait(operation, others);
  }

  /** Whether one waits and none was made for a second. */
  boolean isStarving() {
    return ready() > 0 && paces.isStarving(operation);
  }

  /** When a call can be made next as far as limits go, in nanoseconds; zero if none waits. */
  long untilNext() {
    return waiting.isEmpty() ? 0 : paces.untilNext(operation);
  }

  /** Counts a call that is made now, if one may be. */
  boolean takeTurn() {
    boolean mayGo = paces.available(operation) > 0;
    if (mayGo) {
      paces.take(operation);
    }
    return mayGo;
  }

  int waiting() {
    return waiting.size();
  }

  int running() {
    return running;
  }

  /** How many calls can be made now. */
  int ready() {
    int most = Math.min(waiting.size(), threads - running);
    return most <= 0 ? 0 : Math.min(most, paces.available(operation));
  }

  /** Whether a call that is added now can be made now. */
  boolean isFree() {
    return running + waiting.size() < threads;
  }

  /** What waits and runs keeps so many threads busy for so long; zero if that is not known. */
  Duration work(int share) {
    if (!times.isKnown()) {
      return Duration.ZERO;
    }
    double calls = waiting.size() + running / 2.0;
    return Duration.ofNanos((long) (times.mean().toNanos() * calls / share));
  }

  /** {@link #work} for the threads of this operation. */
  Duration work() {
    return work(threads);
  }

  /** Whether a call that is sent after {@code wait} has the time that calls usually take. */
  boolean fits(Call<?> call, Duration wait) {
    return call.deadline().remaining().compareTo(wait.plus(needed())) >= 0;
  }

  /** Whether it is sent before its time is over, however long it takes then. */
  boolean hasTurn(Call<?> call, Duration wait) {
    return call.deadline().remaining().compareTo(wait.plus(MIN_TIME)) >= 0;
  }

  private Duration needed() {
    Duration usual = times.isKnown() ? times.usual() : Duration.ZERO;
    return isPaced() ? longer(longer(usual, paces.usualTime(operation)), MIN_TIME) : usual;
  }

  static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** Whether a call may be made that looks too late: one in a second, as estimates can be wrong. */
  boolean takeTrial() {
    long now = clock.getAsLong();
    boolean isDue = now - trialAt >= TRIAL_PAUSE;
    trialAt = isDue ? now : trialAt;
    return isDue;
  }

  void add(Call<?> call) {
    waiting.put(call.order(), call);
  }

  /**
   * Takes the call whose turn it is; it runs until {@link #ended}.
   *
   * @param late takes those that would be answered too late, for the caller to fail
   * @return null if none waits any more
   */
  @Nullable Call<?> poll(Collection<Call<?>> late) {
    for (Call<?> call = remove(); call != null; call = remove()) {
      if (isWorthIt(call, late)) {
        paces.take(operation);
        running++;
        return call;
      }
    }
    return null;
  }

  private @Nullable Call<?> remove() {
    isLate &= clock.getAsLong() - lateAt < LATE;
    Map.@Nullable Entry<Long, Call<?>> first =
        isLate ? waiting.pollLastEntry() : waiting.pollFirstEntry();
    return first == null ? null : first.getValue();
  }

  private boolean isWorthIt(Call<?> call, Collection<Call<?>> late) {
    if (call.result().isDone()) {
      return false;
    }
    boolean isInTime = isSentAnyway(call) || fits(call, Duration.ZERO);
    if (!isInTime) {
      late.add(call);
      isLate = true;
      lateAt = clock.getAsLong();
    }
    return isInTime;
  }

  private boolean isSentAnyway(Call<?> call) {
    return switch (call.sending()) {
      case IN_TIME -> false;
      case UNLESS_LIMITED -> !isPaced();
      case AS_TRIAL -> !isPaced() || hasTurn(call, Duration.ZERO);
    };
  }

  /**
   * A call has ended, and took so long; null if that says nothing. A trial that was much faster
   * than others shows that those, which may have hung, say nothing any more.
   */
  void ended(Call<?> call, @Nullable Duration took) {
    running--;
    if (took == null) {
      return;
    }
    boolean isTrial = call.sending() == Call.Sending.AS_TRIAL;
    if (isTrial && took.multipliedBy(2).compareTo(times.usual()) < 0) {
      times.clear();
    }
    times.add(took);
  }

  /**
   * Lets calls go that nobody waits for any more, or that could not be answered in time.
   *
   * @param late takes the latter, for the caller to fail
   */
  void weed(Collection<Call<?>> late) {
    waiting.values().removeIf(call -> !isWorthIt(call, late));
  }

  /** Takes all that waits. */
  void clear(Collection<Call<?>> cleared) {
    cleared.addAll(waiting.values());
    waiting.clear();
  }
}
