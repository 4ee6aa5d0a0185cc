package io.github.keywrap.domain;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long a key takes to open what it has just wrapped: as long as the slowest of late, so that a
 * read-back which would come too late is not begun. Thread-safe.
 */
final class ReadBackTime {
  /** For the answer's way to the caller. */
  private static final Duration MARGIN = Duration.ofMillis(150);

  /** A faster one, or one that was not begun, takes so much of the difference off. */
  private static final int DECAY = 16;

  /** Nanoseconds; 0: none has ended yet. */
  private final AtomicLong slowest = new AtomicLong();

  /** A deadline that leaves time for an answer. */
  static Deadline beforeTheAnswer(Deadline deadline) {
    return deadline.shortenedBy(MARGIN);
  }

  /** One was given up after so long: it would have taken longer. */
  void tookLongerThan(Duration time) {
    took(time.multipliedBy(2));
  }

  /** One ended. */
  void took(Duration time) {
    long nanos = time.toNanos();
    slowest.updateAndGet(known -> nanos > known ? nanos : known - (known - nanos) / DECAY);
  }

  /**
   * With what an answer takes. Each question makes a long time a little shorter: what is never
   * tried again is never known to have become faster.
   *
   * @param wrap how long that took: the least that a read-back may be taken for
   */
  Duration expected(Duration wrap) {
    long before = slowest.getAndUpdate(known -> known - known / DECAY);
    Duration known = Duration.ofNanos(before);
    return (known.compareTo(wrap) > 0 ? known : wrap).plus(MARGIN);
  }
}
