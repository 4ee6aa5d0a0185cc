package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The paces of one key in a remote back end, one for each operation. They learn from every call
 * that is sent, those of probes and read-backs too; {@link PooledBulkhead} keeps to them.
 */
public final class Paces {
  private final Pace wraps;
  private final Pace unwraps;

  public Paces() {
    this(System::nanoTime);
  }

  /**
   * @param clock tells nanoseconds
   */
  Paces(LongSupplier clock) {
    this.wraps = new Pace(clock);
    this.unwraps = new Pace(clock);
  }

  Pace of(Operation operation) {
    return switch (operation) {
      case WRAP -> wraps;
      case UNWRAP -> unwraps;
    };
  }

  /** The same key, from whose calls the paces learn. */
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
    Pace pace = of(operation);
    long began = System.nanoTime();
    long sentAt = pace.sent();
    try {
      T result = call.get();
      pace.passed(Duration.ofNanos(System.nanoTime() - began));
      return result;
    } catch (Throttled throttled) {
      if (throttled.isPassing()) {
        pace.throttled(sentAt, throttled.retryAfter());
      }
      throw throttled.of(operation);
    }
  }
}
