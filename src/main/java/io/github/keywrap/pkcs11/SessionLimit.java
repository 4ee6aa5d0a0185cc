package io.github.keywrap.pkcs11;

import java.time.Duration;

/**
 * How many sessions may be open with a token: what it allows, what is of use, and what it has shown
 * to have when it refused one. Guarded by the lock of its pool.
 */
final class SessionLimit {
  /** How long to do with the sessions there are, once the token has said that it has no more. */
  private static final Duration FULL = Duration.ofSeconds(5);

  /** The same, where all sessions are somebody else's, or are still being closed. */
  private static final Duration FULL_OF_OTHERS = Duration.ofMillis(50);

  /** Some tokens take long to close a session: meanwhile others take its place. */
  private static final int MAX_CLOSING = 64;

  private final int most;
  private boolean hasSpareForLogin;
  private int wished;
  private int open;
  private int closing;
  private long fullUntil = System.nanoTime();

  /**
   * @param most sessions that the token allows
   */
  SessionLimit(int most) {
    this.most = most;
    this.hasSpareForLogin = most > 1;
  }

  /**
   * Takes note of what is of use.
   *
   * @param more sessions at once; negative: fewer
   */
  void wish(int more) {
    wished += more;
  }

  /** Whether one session is there for nothing but the login. */
  boolean hasSpareForLogin() {
    return hasSpareForLogin;
  }

  /** Those that are being opened, lent, idle or being closed, and the one that keeps the login. */
  int open() {
    return open;
  }

  /** Takes a place, if there is one. */
  boolean takePlace() {
    if (!hasPlace()) {
      return false;
    }
    open++;
    return true;
  }

  /** Whether one more may be opened now. */
  boolean hasPlace() {
    int useful = wished + (hasSpareForLogin ? 1 : 0);
    return open < most && open - closing < useful && closing < MAX_CLOSING && nanosFull() <= 0;
  }

  /** How long the token is still taken to be full; zero or negative: it is not. */
  long nanosFull() {
    return fullUntil - System.nanoTime();
  }

  /** Says that a session is being closed: it is of no use any more, but the token has it. */
  void closing() {
    closing++;
  }

  /** Gives back the place of a session that was closed: the token has one more. */
  void closed() {
    closing--;
    open--;
    fullUntil = System.nanoTime();
  }

  /** Gives back the place of a session that could not be opened. */
  void notOpened() {
    open--;
  }

  /**
   * Gives back a place that the token turns out not to have.
   *
   * @return whether the only session left is the one that was spared for the login, and is now to
   *     be lent
   */
  boolean full() {
    open--;
    fullUntil = System.nanoTime() + (open == 0 ? FULL_OF_OTHERS : FULL).toNanos();
    boolean isSpareNeeded = open == 1 && hasSpareForLogin;
    hasSpareForLogin = hasSpareForLogin && !isSpareNeeded;
    return isSpareNeeded;
  }
}
