package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import java.util.HashMap;
import java.util.Map;

/**
 * A library from one {@code C_Initialize} to the next. Slots, sessions, logins and handles of
 * objects are good in it only (PKCS #11 3.1, section 5.4): libraries give the same numbers again,
 * to other objects. So whoever holds such a number holds this, and calls through it.
 */
final class Initialization {
  private final Module module;
  private final Map<PoolKey, SessionPool> pools = new HashMap<>();

  /** Sessions of one kind with the token in one slot. */
  private record PoolKey(long slot, boolean writes) {}

  Initialization(Module module) {
    this.module = module;
  }

  /**
   * Calls the library, unless it was finalized since.
   *
   * @throws Pkcs11Exception if a function fails, or this is over
   * @throws io.github.keywrap.domain.KmsException.BackendUnavailable if the library is being
   *     initialized again until the deadline
   */
  <T> T call(Deadline deadline, Module.Call<T> call) {
    return module.call(this, deadline, call);
  }

  /**
   * A share in the sessions of this process with a token; to be closed.
   *
   * @param writes whether they are read/write
   * @param wish how many sessions may be of use at once
   */
  synchronized SessionShare sessions(Token token, boolean writes, int wish) {
    pools.values().removeIf(SessionPool::isOver);
    return pools
        .computeIfAbsent(
            new PoolKey(token.slot(), writes),
            _ ->
                new SessionPool(
                    token.mostSessions(writes),
                    deadline -> Session.open(this, token, writes, deadline)))
        .join(wish);
  }
}
