package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Since when the back end limits the probes of a key: no outage, and still something to tell if no
 * call goes through for long. One thread writes, any may read.
 */
final class LastingLimit {
  /** One probe that is throttled, or two, are a busy moment. */
  private static final int LASTING = 3;

  private int running;
  private Instant since = Instant.EPOCH;
  private String first = "";
  private volatile KeyCondition condition = new KeyCondition.Sound();

  /** A probe was throttled. */
  void throttled(Throttled cause) {
    if (running == 0) {
      since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      first = cause.getMessage();
    }
    running++;
    if (running == LASTING) {
      condition =
          new KeyCondition.Impaired(
              ("the back end limits calls: no probe has gone through since %s (%s, the first time); see which quota"
                      + " is used up, and by whom")
                  .formatted(since, first));
    }
  }

  /** One ended otherwise. */
  void ended() {
    running = 0;
    condition = new KeyCondition.Sound();
  }

  /** Whether the last probe was throttled. For the thread that writes. */
  boolean isInForce() {
    return running > 0;
  }

  KeyCondition condition() {
    return condition;
  }
}
