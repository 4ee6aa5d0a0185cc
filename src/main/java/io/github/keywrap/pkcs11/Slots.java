package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.domain.Deadline;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** What a library says of its slots (PKCS #11 3.1, section 5.5), without a session. */
final class Slots {
  /** A network HSM has some hundred partitions at most, and a token some hundred mechanisms. */
  private static final int MAX = 4_096;

  private Slots() {}

  /** Asks for a list; without a place, for its length only. */
  private interface Question {
    void ask(MemorySegment list, MemorySegment count);
  }

  /**
   * The tokens that are present. One that cannot be asked is left out, if there are others.
   *
   * @throws Pkcs11Exception if none can be asked, and not because it has left meanwhile
   */
  static List<Token> tokens(Initialization library, Deadline deadline) {
    return library.call(
        deadline,
        cryptoki -> {
          List<Token> tokens = new ArrayList<>();
          List<Pkcs11Exception> failures = new ArrayList<>();
          for (long slot : slots(cryptoki, true)) {
            try {
              tokens.add(token(cryptoki, slot));
            } catch (Pkcs11Exception e) {
              failures.add(e);
            }
          }
          failures.removeIf(failure -> failure.value() == ReturnValue.TOKEN_NOT_PRESENT);
          if (tokens.isEmpty() && !failures.isEmpty()) {
            throw failures.getFirst();
          }
          return List.copyOf(tokens);
        });
  }

  /**
   * What the token in a slot says now.
   *
   * @throws Pkcs11Exception if there is none
   */
  static Token token(Initialization library, long slot, Deadline deadline) {
    return library.call(deadline, cryptoki -> token(cryptoki, slot));
  }

  private static Token token(Cryptoki cryptoki, long slot) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(Token.INFO_LENGTH, 8);
      cryptoki.getTokenInfo(slot, info);
      return Token.read(slot, info);
    }
  }

  /** The slots that have a token. */
  static List<Long> withToken(Initialization library, Deadline deadline) {
    return library.call(
        deadline, cryptoki -> LongStream.of(slots(cryptoki, true)).boxed().toList());
  }

  /** The slots in the library's order, with or without a token. */
  static List<Long> all(Initialization library, Deadline deadline) {
    return library.call(
        deadline, cryptoki -> LongStream.of(slots(cryptoki, false)).boxed().toList());
  }

  private static long[] slots(Cryptoki cryptoki, boolean tokenPresent) {
    return list(
        CryptokiFunction.C_GetSlotList,
        "slots",
        (list, count) -> cryptoki.getSlotList(tokenPresent, list, count));
  }

  /** Numbers of the mechanisms of a token that an operator wants to hear of. */
  static List<Long> mechanisms(Initialization library, Token token, Deadline deadline) {
    return library.call(
        deadline,
        cryptoki ->
            LongStream.of(
                    list(
                        CryptokiFunction.C_GetMechanismList,
                        "mechanisms",
                        (list, count) -> cryptoki.getMechanismList(token.slot(), list, count)))
                .filter(Mechanism::isOfInterest)
                .sorted()
                .boxed()
                .toList());
  }

  private static long[] list(CryptokiFunction function, String what, Question question) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_LONG);
      question.ask(MemorySegment.NULL, count);
      int room = Claim.of(function, what, count, MAX);
      MemorySegment list = arena.allocate(JAVA_LONG, Math.max(1, room));
      question.ask(list, count);
      int length = Claim.of(function, what, count, room);
      return list.asSlice(0, length * (long) Long.BYTES).toArray(JAVA_LONG);
    }
  }
}
