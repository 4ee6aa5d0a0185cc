package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.SecretBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * A session with a token (PKCS #11 3.1, section 5.6): one operation at a time, for one thread at a
 * time. An error may leave an operation active in it: a session that failed is closed, never used
 * again.
 */
final class Session implements AutoCloseable {
  private static final long CKF_RW_SESSION = 2;
  private static final long CKF_SERIAL_SESSION = 4;

  private static final Duration CLOSE = Duration.ofSeconds(1);

  private final Module module;
  private final long handle;
  private final long epoch;

  private Session(Module module, long handle, long epoch) {
    this.module = module;
    this.handle = handle;
    this.epoch = epoch;
  }

  /** Opens a session that can only read. */
  static Session open(Module module, Token token, Deadline deadline) {
    return open(module, token, CKF_SERIAL_SESSION, deadline);
  }

  /** Opens a session that can make objects. */
  static Session openForWriting(Module module, Token token, Deadline deadline) {
    return open(module, token, CKF_SERIAL_SESSION | CKF_RW_SESSION, deadline);
  }

  private static Session open(Module module, Token token, long flags, Deadline deadline) {
    return module.call(
        deadline,
        library -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(JAVA_LONG);
            library.openSession(token.slot(), flags, handle);
            return new Session(module, handle.get(JAVA_LONG, 0), module.epoch());
          }
        });
  }

  /** What is done in a session; the memory lasts as long as that. */
  interface Operation<T> {
    T run(Cryptoki library, Arena arena, long session);
  }

  /**
   * Calls the library, unless it was initialized since: the number of this session, and of any
   * object, may mean another one by now.
   *
   * @throws Pkcs11Exception if a function fails
   */
  <T> T run(Deadline deadline, Operation<T> operation) {
    return module.call(
        deadline,
        library -> {
          if (module.epoch() != epoch) {
            throw new Pkcs11Exception(
                Function.C_OpenSession, ReturnValue.SESSION_HANDLE_INVALID.code());
          }
          try (Arena arena = Arena.ofConfined()) {
            return operation.run(library, arena, handle);
          }
        });
  }

  /**
   * Logs in; good if the application is logged in already, which does not prove the PIN.
   *
   * @throws Pkcs11Exception if the token refuses
   */
  void login(long userType, SecretBytes pin, Deadline deadline) {
    boolean _ =
        run(
            deadline,
            (library, arena, session) -> {
              MemorySegment copy = arena.allocateFrom(JAVA_BYTE, pin.expose());
              try {
                library.login(session, userType, copy);
              } catch (Pkcs11Exception e) {
                if (e.value() != ReturnValue.USER_ALREADY_LOGGED_IN) {
                  throw e;
                }
              } finally {
                copy.fill((byte) 0);
              }
              return true;
            });
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
