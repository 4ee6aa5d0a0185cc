package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The paces of one key in a remote back end, one for each operation. They learn from every call
 * that is sent, those of probes and read-backs too; {@link PooledBulkhead} keeps to them. While
 * both are throttled it is one limit for both, as far as anybody can tell: each call of the one
 * then counts for the other as well. Thread-safe, never waits.
 */
public final class Paces {
  private final LongSupplier clock;
  private final Pace wraps;
  private final Pace unwraps;

  public Paces() {
    this(System::nanoTime);
  }

  /**
   * @param clock tells nanoseconds
   */
  Paces(LongSupplier clock) {
    this.clock = clock;
    this.wraps = new Pace(clock);
    this.unwraps = new Pace(clock);
  }

  private Pace of(Operation operation) {
    return switch (operation) {
      case WRAP -> wraps;
      case UNWRAP -> unwraps;
    };
  }

  /** Those for which a call of that operation counts. */
  private Stream<Pace> concernedBy(Operation operation) {
    return isCommonLimit() ? Stream.of(wraps, unwraps) : Stream.of(of(operation));
  }

  /** Whether the back end limits calls, as far as is known. */
  synchronized boolean isLimited(Operation operation) {
    return of(operation).isLimited();
  }

  synchronized boolean isCommonLimit() {
    return wraps.isLimited() && unwraps.isLimited();
  }

  /** How many calls may be made now. */
  synchronized int available(Operation operation) {
    return of(operation).available();
  }

  /** Whether none was made for a second though it might have been. */
  synchronized boolean isStarving(Operation operation) {
    return of(operation).isStarving();
  }

  /** When a call may be made next, in nanoseconds from now. */
  synchronized long untilNext(Operation operation) {
    return of(operation).untilNext();
  }

  /** When a call would be sent before which so many others wait. */
  synchronized Duration wait(Operation operation, int others) {
    return of(operation).wait(others);
  }

  /** What 9 of 10 recent calls took at most. */
  synchronized Duration usualTime(Operation operation) {
    return of(operation).usualTime();
  }

  /** A call is sent, whether or not it had to ask. */
  synchronized void take(Operation operation) {
    of(operation).take();
    concernedBy(operation).forEach(Pace::spend);
  }

  /** The back end has let a call pass. */
  synchronized void passed(Operation operation, Duration took) {
    concernedBy(operation).forEach(Pace::passed);
    of(operation).took(took);
  }

  /**
   * The back end has throttled a call.
   *
   * @param sentAt when it was sent
   */
  synchronized void throttled(Operation operation, long sentAt, Duration retryAfter) {
    concernedBy(operation).forEach(pace -> pace.throttled(sentAt, retryAfter));
  }

  /** The same key, from whose calls the paces learn. Who makes them has counted them. */
  public KeyWrapper learningFrom(KeyWrapper wrapper) {
    return new ForwardingKeyWrapper(wrapper) {
      @Override
      public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
        return learn(Operation.WRAP, () -> super.wrap(plaintext, deadline));
      }

      @Override
      public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
        return learn(Operation.UNWRAP, () -> super.unwrap(wrapped, deadline));
      }
    };
  }

  private <T> T learn(Operation operation, Supplier<T> call) {
    long sentAt = clock.getAsLong();
    try {
      T result = call.get();
      passed(operation, Duration.ofNanos(clock.getAsLong() - sentAt));
      return result;
    } catch (Throttled throttled) {
      if (throttled.isPassing()) {
        throttled(operation, sentAt, throttled.retryAfter());
      }
      throw throttled.of(operation);
    }
  }

  /** The same key, for calls that keep to no pace: they count when they are sent. */
  public KeyWrapper counting(KeyWrapper wrapper) {
    return new ForwardingKeyWrapper(wrapper) {
      @Override
      public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
        take(Operation.WRAP);
        return super.wrap(plaintext, deadline);
      }

      @Override
      public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
        take(Operation.UNWRAP);
        return super.unwrap(wrapped, deadline);
      }
    };
  }
}
