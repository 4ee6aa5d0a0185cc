package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;

/**
 * What callers are told that cannot be served in time: why, and since the same call may go through
 * a little later, RESOURCE_EXHAUSTED.
 *
 * @param key its name
 * @param most calls of one operation that are made at once
 */
record Overload(String key, int most) {
  Throttled full(int waiting) {
    return new Throttled(
        "key \"%s\" has %d calls waiting and takes no more; %s".formatted(key, waiting, slow()));
  }

  /**
   * @param isPaced whether the back end limits calls, or just takes its time
   * @param wait until the call could be sent
   */
  Throttled tooLate(boolean isPaced, Duration wait) {
    return tooLate(isPaced, "it could be made in " + wait.toMillis() + " ms");
  }

  /** One that has waited in vain. */
  Throttled passedOver(boolean isPaced) {
    return tooLate(isPaced, "others were first");
  }

  private Throttled tooLate(boolean isPaced, String why) {
    String cause =
        isPaced ? "the back end limits how often it is called" : "key \"" + key + "\": " + slow();
    return new Throttled(cause + "; the call would come too late: " + why);
  }

  private String slow() {
    return "its back end is too slow for this load with %d calls at once (pool.threads)"
        .formatted(most);
  }
}
