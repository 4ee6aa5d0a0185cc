package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * What one key has of the sessions with a token. Each call throws {@link Pkcs11Exception} if the
 * token fails, or if the sessions are lost: a share is of one login, and of one initialization.
 */
final class SessionShare implements AutoCloseable {
  private final SharedSessions shared;
  private final SessionPool pool;
  private final int wish;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  SessionShare(SharedSessions shared, SessionPool pool, int wish) {
    this.shared = shared;
    this.pool = pool;
    this.wish = wish;
  }

  /**
   * Lends a session for one operation. One in which the token fails is closed.
   *
   * @throws io.github.keywrap.domain.KmsException.BackendUnavailable if none is free until the
   *     deadline
   */
  <T> T with(Deadline deadline, Function<Session, T> operation) {
    return pool.lend(deadline, false, operation);
  }

  /** Like {@link #with}, in a session that has done nothing before if there may be one more. */
  <T> T withNew(Deadline deadline, Function<Session, T> operation) {
    return pool.lend(deadline, true, operation);
  }

  /**
   * Logs in, for all keys.
   *
   * @param login says whether nobody was logged in before
   */
  void logIn(Deadline deadline, Function<Session, Boolean> login) {
    shared.loggedIn(pool.lend(deadline, true, login));
  }

  /** Says that the sessions are lost, for all keys. */
  void abandon() {
    pool.end();
  }

  /** Does not wait for the token. */
  @Override
  public void close() {
    if (isClosed.compareAndSet(false, true)) {
      shared.leave(wish);
    }
  }
}
