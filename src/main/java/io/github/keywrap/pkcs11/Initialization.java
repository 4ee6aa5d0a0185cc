package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * A library from one {@code C_Initialize} to the next. Slots, sessions, logins and handles of
 * objects are good in it only (PKCS #11 3.1, section 5.4): libraries give the same numbers again,
 * to other objects. So whoever holds such a number holds this, and calls through it.
 */
final class Initialization {
  private final CryptokiLibrary module;
  private final Map<Kind, SharedSessions> tokens = new HashMap<>();

  /** The token in one slot, and which sessions with it. */
  private record Kind(long slot, boolean writes) {}

  Initialization(CryptokiLibrary module) {
    this.module = module;
  }

  CryptokiLibrary module() {
    return module;
  }

  /**
   * Initializes a library.
   *
   * @param locked whether it locked for itself until now, which holds on if it is initialized
   * @return whether it locks for itself
   * @throws Pkcs11Exception if it refuses
   */
  static boolean begin(Cryptoki library, String parameters, boolean locked) {
    try (Arena arena = Arena.ofConfined()) {
      library.initialize(Layouts.initializeArguments(arena, parameters));
      return true;
    } catch (Pkcs11Exception refusal) {
      return beginWithout(library, parameters, locked, refusal);
    }
  }

  /** What was meant to be CKR_CANT_LOCK has other names in some libraries. */
  private static boolean beginWithout(
      Cryptoki library, String parameters, boolean locked, Pkcs11Exception refusal) {
    return switch (refusal.value()) {
      case CRYPTOKI_ALREADY_INITIALIZED -> locked;
      case CANT_LOCK, NEED_TO_CREATE_THREADS, ARGUMENTS_BAD, FUNCTION_NOT_SUPPORTED -> {
        if (!parameters.isEmpty()) {
          throw refusal;
        }
        library.initialize(MemorySegment.NULL);
        yield false;
      }
      default -> throw refusal;
    };
  }

  /**
   * Calls the library, unless it was finalized since.
   *
   * @throws Pkcs11Exception if a function fails, or this is over
   * @throws io.github.keywrap.domain.KmsException.BackendUnavailable if the library is being
   *     initialized again until the deadline
   */
  <T> T call(Deadline deadline, CryptokiLibrary.Call<T> call) {
    return module.call(this, deadline, call);
  }

  /**
   * A share in the sessions of this process with a token; to be closed.
   *
   * @param writes whether they are read/write
   * @param wish how many sessions may be of use at once
   */
  synchronized SessionShare sessions(Token token, boolean writes, int wish) {
    tokens.values().removeIf(SharedSessions::isOver);
    return tokens
        .computeIfAbsent(
            new Kind(token.slot(), writes),
            _ ->
                new SharedSessions(
                    new SessionPool(
                        token.mostSessions(writes),
                        deadline -> Session.open(this, token, writes, deadline))))
        .join(wish);
  }
}
