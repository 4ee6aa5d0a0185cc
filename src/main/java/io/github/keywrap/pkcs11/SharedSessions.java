package io.github.keywrap.pkcs11;

/**
 * The sessions of this process with one token, shared by all keys on it: a login is of all of them
 * together (PKCS #11 3.1, section 5.6), and some tokens have few sessions. Over with the last
 * share, or once they are lost. Thread-safe.
 */
final class SharedSessions {
  private final SessionPool pool;
  private int shares;
  private boolean isLoggedIn;

  SharedSessions(SessionPool pool) {
    this.pool = pool;
  }

  /** A share for one key, which may use that many sessions at once. */
  synchronized SessionShare join(int wish) {
    shares++;
    pool.wish(wish);
    return new SessionShare(this, pool, wish);
  }

  /** Gives a share back; the last one closes the sessions. */
  synchronized void leave(int wish) {
    shares--;
    pool.wish(-wish);
    if (shares == 0) {
      pool.end();
    }
  }

  /**
   * Takes note of a login. A token that takes one twice has lost the first in between, and with it
   * what handles meant: all keys must find theirs again.
   *
   * @param isNew whether nobody was logged in before
   * @throws Pkcs11Exception if the first login was lost
   */
  synchronized void loggedIn(boolean isNew) {
    boolean wasLost = isNew && isLoggedIn;
    isLoggedIn = true;
    if (wasLost) {
      pool.end();
      throw SessionPool.over();
    }
  }

  /** Whether there is nothing more to share. */
  boolean isOver() {
    return pool.isOver();
  }
}
