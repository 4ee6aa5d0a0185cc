package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.Throttled;
import java.time.Duration;

/**
 * What callers are told that cannot be served in time: why, and since the same call may go through
 * a little later, RESOURCE_EXHAUSTED.
 *
 * @param key its name
 */
record Overload(String key) {
  Throttled full(int waiting) {
    return new Throttled(
        "key \"%s\" has %d calls waiting and takes no more; its back end is too slow for this load"
            .formatted(key, waiting));
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
        isPaced
            ? "the back end limits how often it is called"
            : "the back end of key \"" + key + "\" is too slow for this load";
    return new Throttled(cause + ", and the call would come too late: " + why);
  }
}
