package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.ReadBackMismatch;
import io.github.keywrap.domain.KmsException.Throttled;
import io.github.keywrap.domain.KmsException.UnknownKey;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Unwraps what it has just wrapped and compares, so that a back end that lies about success is
 * found before anything is stored under its answer. Whatever is read back, no ciphertext passes
 * that shows what was wrapped: an echo of the plaintext would open to it as well.
 */
public final class ReadBackKeyWrapper extends ForwardingKeyWrapper {
  /** Which wraps are read back. */
  public enum Policy {
    ALWAYS,
    /**
     * Every one, but where the back end is so slow that the caller would not get its answer, and a
     * probe has lately found that what the key wraps opens.
     */
    IN_TIME,
    /** The first, then one in {@value #SAMPLE}. */
    SAMPLED,
    OFF
  }

  /** What it finds. Called in the caller's thread. */
  @FunctionalInterface
  public interface Findings {
    /** A ciphertext does not open to what was wrapped, or shows it; it was refused. */
    void mismatch();

    /**
     * There is no time to read a ciphertext back; it is passed on unread.
     *
     * @param took the wrap, or the wait for its read-back
     */
    default void unread(Duration took) {}
  }

  private static final int SAMPLE = 100;
  private static final String SOMETHING_ELSE =
      " Something else answers in its place: look at the endpoint or library, and what is between";

  private final Policy policy;
  private final Findings findings;
  private final BooleanSupplier isProved;
  private final AtomicLong wraps = new AtomicLong();
  private final ReadBackTime readBackTime = new ReadBackTime();

  /**
   * @param policy {@link Policy#ALWAYS} where a wrap rather fails than passes unread
   * @param isProved whether the last probe, which reads everything back, went well: where it did
   *     not, {@link Policy#IN_TIME} lets nothing pass unread
   */
  public ReadBackKeyWrapper(
      KeyWrapper wrapper, Policy policy, Findings findings, BooleanSupplier isProved) {
    super(wrapper);
    this.policy = policy;
    this.findings = findings;
    this.isProved = isProved;
  }

  /** Reads back every wrap. */
  public static ReadBackKeyWrapper always(KeyWrapper wrapper, Findings findings) {
    return new ReadBackKeyWrapper(wrapper, Policy.ALWAYS, findings, () -> false);
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    return oneWrap().make(plaintext, deadline, () -> true);
  }

  /** One wrap, read back as all are. */
  OneWrap oneWrap() {
    return new OneWrap(this, policy);
  }

  /** One wrap that rather fails than passes unread. */
  OneWrap oneVerifiedWrap() {
    return new OneWrap(this, Policy.ALWAYS);
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    SecretBytes plaintext = wrapper().unwrap(wrapped, deadline);
    if (PlaintextScan.shows(wrapped.ciphertext(), plaintext.expose())) {
      plaintext.close();
      findings.mismatch();
      throw new ReadBackMismatch(
          "the back end returned what it was sent, or something as long, in place of what is in it."
              + SOMETHING_ELSE,
          null);
    }
    return plaintext;
  }

  /**
   * One wrap, which may be made again with the same plaintext where the back end throttled it: it
   * then only reads back what it has wrapped already. Not thread-safe.
   */
  static final class OneWrap {
    private final ReadBackKeyWrapper key;
    private final Policy policy;
    private @Nullable WrappedKey unread;

    private OneWrap(ReadBackKeyWrapper key, Policy policy) {
      this.key = key;
      this.policy = policy;
    }

    /**
     * As {@link KeyWrapper#wrap}.
     *
     * @param mayReadBack whether the back end may be asked again at once
     */
    WrappedKey make(SecretBytes plaintext, Deadline deadline, BooleanSupplier mayReadBack) {
      WrappedKey wrapped = unread;
      if (wrapped == null) {
        long began = System.nanoTime();
        wrapped = key.wrapSealed(plaintext, deadline);
        if (!key.isDue(policy, Duration.ofNanos(System.nanoTime() - began), deadline)) {
          return wrapped;
        }
        unread = wrapped;
        if (!mayReadBack.getAsBoolean()) {
          throw Throttled.passing(
                  "what was wrapped waits to be read back: the back end limits calls",
                  Duration.ZERO)
              .of(Operation.UNWRAP);
        }
      }
      key.readBack(policy, wrapped, plaintext, deadline);
      unread = null;
      return wrapped;
    }
  }

  private WrappedKey wrapSealed(SecretBytes plaintext, Deadline deadline) {
    WrappedKey wrapped = wrapper().wrap(plaintext, deadline);
    if (PlaintextScan.shows(wrapped.ciphertext(), plaintext.expose())) {
      findings.mismatch();
      throw new ReadBackMismatch(
          "the back end returned what it was sent, or something as short, in place of a ciphertext;"
              + " it was refused: stored, it would show the key to whoever reads etcd."
              + SOMETHING_ELSE,
          null);
    }
    return wrapped;
  }

  private boolean isDue(Policy policy, Duration took, Deadline deadline) {
    return switch (policy) {
      case ALWAYS -> true;
      case IN_TIME -> !isProved.getAsBoolean() || isTimeFor(took, deadline);
      case SAMPLED -> wraps.getAndIncrement() % SAMPLE == 0;
      case OFF -> false;
    };
  }

  private boolean isTimeFor(Duration took, Deadline deadline) {
    boolean isTime = deadline.remaining().compareTo(readBackTime.expected(took)) > 0;
    if (!isTime) {
      findings.unread(took);
    }
    return isTime;
  }

  /** Ends early enough for the caller to get its answer, where that may be given unread. */
  private void readBack(
      Policy policy, WrappedKey wrapped, SecretBytes plaintext, Deadline deadline) {
    if (policy != Policy.IN_TIME || !isProved.getAsBoolean()) {
      compare(wrapped, plaintext, deadline);
      return;
    }
    long began = System.nanoTime();
    Deadline early = ReadBackTime.beforeTheAnswer(deadline);
    try {
      compare(wrapped, plaintext, early);
      readBackTime.took(Duration.ofNanos(System.nanoTime() - began));
    } catch (BackendUnavailable failure) {
      if (!early.isExpired() && !failure.isDeadlineExceeded()) {
        throw failure;
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - began);
      readBackTime.tookLongerThan(waited);
      findings.unread(waited);
    }
  }

  private void compare(WrappedKey wrapped, SecretBytes plaintext, Deadline deadline) {
    try (SecretBytes opened = wrapper().unwrap(wrapped, deadline)) {
      if (!opened.sameAs(plaintext)) {
        throw mismatch(null);
      }
    } catch (InvalidCiphertext | UnknownKey refused) {
      throw mismatch(refused);
    } catch (KeyUnavailable refused) {
      // Another version of the key is no reason for this one.
      throw refused.isOfVersion() ? mismatch(refused) : refused;
    }
  }

  private ReadBackMismatch mismatch(@Nullable KmsException cause) {
    findings.mismatch();
    return new ReadBackMismatch(
        "the back end returned a ciphertext that does not open to what was wrapped; it was refused",
        cause);
  }
}
