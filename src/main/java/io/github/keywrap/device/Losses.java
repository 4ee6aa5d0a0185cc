package io.github.keywrap.device;

import io.github.keywrap.domain.LogBudget;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * What is told of connections that one key has lost, and how long to wait after one: the next
 * connection may cost a login. Thread-safe.
 */
final class Losses {
  private static final Logger LOG = System.getLogger(DeviceLink.class.getName());

  /** A connection that is lost within this was not worth the login. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private final String key;
  private final LogBudget told = new LogBudget(Duration.ofSeconds(30));
  private boolean isEndOwed;

  /** Connections in a row that were lost soon after they were made. */
  private int soon;

  Losses(String key) {
    this.key = key;
  }

  /**
   * Tells of a loss.
   *
   * @param lasted how long the connection was there
   * @return when to connect again
   */
  synchronized Duration lost(RuntimeException why, Duration lasted) {
    boolean isOutdated = why instanceof DeviceException e && e.isOutdated();
    soon = !isOutdated && lasted.compareTo(SOON) < 0 ? soon + 1 : 0;
    if (told.take()) {
      isEndOwed = true;
      LOG.log(
          Level.WARNING,
          "key \"{0}\": connection to the token lost: {1}{2}",
          key,
          DeviceErrors.translate(why).getMessage(),
          told.leftOut());
    }
    return Pauses.afterLoss(soon);
  }

  /** Tells that there is a connection again, if the loss was told. */
  synchronized void connected() {
    if (isEndOwed) {
      isEndOwed = false;
      LOG.log(Level.INFO, "key \"{0}\": connected to the token again", key);
    }
  }
}
