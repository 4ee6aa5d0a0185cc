package io.github.keywrap.fakekms;

/** A limit of calls in a second, as a bucket of tokens; what it refuses costs none. */
final class FakeRate {
  private static final double SECOND = 1e9;

  private final int perSecond;
  private final int atOnce;
  private double tokens;
  private long filledAt = System.nanoTime();

  /**
   * @param perSecond 0: no limit
   * @param atOnce after a pause
   */
  FakeRate(int perSecond, int atOnce) {
    this.perSecond = perSecond;
    this.atOnce = atOnce;
    this.tokens = atOnce;
  }

  synchronized boolean take() {
    long now = System.nanoTime();
    tokens = Math.min(atOnce, tokens + perSecond * ((now - filledAt) / SECOND));
    filledAt = now;
    if (perSecond > 0 && tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
