package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.SecretBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * A session with a token (PKCS #11 3.1, section 5.6): one operation at a time, for one thread at a
 * time. An error may leave an operation active in it: a session that failed is closed, never used
 * again.
 */
final class Session implements AutoCloseable {
  private static final long CKF_RW_SESSION = 2;
  private static final long CKF_SERIAL_SESSION = 4;

  private static final int MAX_FAILURES = 2;
  private static final int MAX_USERS = 64;

  private static final Duration CLOSE = Duration.ofSeconds(1);

  private final Initialization library;
  private final long handle;

  /** Who has used it; for one thread at a time, as the session is. */
  private final Set<Object> users = Collections.newSetFromMap(new IdentityHashMap<>());

  /** In a row. */
  private int failures;

  private Session(Initialization library, long handle) {
    this.library = library;
    this.handle = handle;
  }

  /**
   * Opens a session.
   *
   * @param writes whether it can make objects
   * @throws Pkcs11Exception if the token refuses
   */
  static Session open(Initialization library, Token token, boolean writes, Deadline deadline) {
    long flags = CKF_SERIAL_SESSION | (writes ? CKF_RW_SESSION : 0);
    return library.call(
        deadline,
        cryptoki -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(JAVA_LONG);
            cryptoki.openSession(token.slot(), flags, handle);
            return new Session(library, handle.get(JAVA_LONG, 0));
          }
        });
  }

  /** Whether {@code user} has not used it before. */
  boolean isFirstFor(Object user) {
    if (users.size() > MAX_USERS) {
      users.clear(); // Those that are not in use any more are not to be kept for ever.
    }
    return users.add(user);
  }

  /**
   * Whether it is worth keeping. One in which a call failed is not; but the last one has the login,
   * and is given another chance.
   */
  boolean isKept(boolean good, boolean isLast) {
    failures = good ? 0 : failures + 1;
    return good || (isLast && failures < MAX_FAILURES);
  }

  /** What is done in a session; the memory lasts as long as that. */
  interface Operation<T> {
    T run(Cryptoki library, Arena arena, long session);
  }

  /**
   * Calls the library.
   *
   * @throws Pkcs11Exception if a function fails
   */
  <T> T run(Deadline deadline, Operation<T> operation) {
    return library.call(
        deadline,
        cryptoki -> {
          try (Arena arena = Arena.ofConfined()) {
            return operation.run(cryptoki, arena, handle);
          }
        });
  }

  /**
   * Logs in with a PIN.
   *
   * @return whether nobody was logged in before; otherwise the PIN is not proved
   * @throws Pkcs11Exception if the token refuses
   */
  boolean login(long userType, SecretBytes pin, Deadline deadline) {
    return run(
        deadline,
        (cryptoki, arena, session) -> {
          MemorySegment copy = arena.allocateFrom(JAVA_BYTE, pin.expose());
          try {
            return login(cryptoki, session, userType, copy);
          } finally {
            copy.fill((byte) 0);
          }
        });
  }

  /** Like {@link #login}, with a PIN that somebody types at the token. */
  boolean loginAtPinPad(long userType, Deadline deadline) {
    return run(
        deadline, (cryptoki, _, session) -> login(cryptoki, session, userType, MemorySegment.NULL));
  }

  private static boolean login(Cryptoki cryptoki, long session, long userType, MemorySegment pin) {
    try {
      cryptoki.login(session, userType, pin);
      return true;
    } catch (Pkcs11Exception e) {
      if (e.value() != ReturnValue.USER_ALREADY_LOGGED_IN) {
        throw e;
      }
      return false;
    }
  }

  /** Closes the session; one that the token does not know any more is closed already. */
  @Override
  public void close() {
    try {
      boolean _ =
          run(
              Deadline.after(CLOSE),
              (library, _, session) -> {
                library.closeSession(session);
                return true;
              });
    } catch (Pkcs11Exception | KmsException gone) {
      // There is nothing left to close.
    }
  }
}
