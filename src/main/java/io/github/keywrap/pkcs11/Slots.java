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
  private Slots() {}

  /** The tokens that are present. One that cannot be asked is left out. */
  static List<Token> tokens(Module module, Deadline deadline) {
    return module.call(
        deadline,
        library -> {
          try (Arena arena = Arena.ofConfined()) {
            List<Token> tokens = new ArrayList<>();
            for (long slot : list(library, arena, true)) {
              addToken(library, arena, slot, tokens);
            }
            return List.copyOf(tokens);
          }
        });
  }

  /** Place of a token's slot in the list of all slots, with or without a token, from 0. */
  static int indexOf(Module module, Token token, Deadline deadline) {
    return module.call(
        deadline,
        library -> {
          try (Arena arena = Arena.ofConfined()) {
            return LongStream.of(list(library, arena, false))
                .boxed()
                .toList()
                .indexOf(token.slot());
          }
        });
  }

  private static long[] list(Cryptoki library, Arena arena, boolean tokenPresent) {
    MemorySegment count = arena.allocate(JAVA_LONG);
    library.getSlotList(tokenPresent, MemorySegment.NULL, count);
    MemorySegment slots = arena.allocate(JAVA_LONG, Math.max(1, count.get(JAVA_LONG, 0)));
    library.getSlotList(tokenPresent, slots, count);
    return slots.asSlice(0, count.get(JAVA_LONG, 0) * Long.BYTES).toArray(JAVA_LONG);
  }

  private static void addToken(Cryptoki library, Arena arena, long slot, List<Token> tokens) {
    MemorySegment info = arena.allocate(Token.INFO_LENGTH, 8);
    try {
      library.getTokenInfo(slot, info);
      tokens.add(Token.read(slot, info));
    } catch (Pkcs11Exception leftMeanwhile) {
      // Not present any more.
    }
  }

  /** Numbers of the mechanisms of a token that an operator wants to hear of. */
  static List<Long> mechanisms(Module module, Token token, Deadline deadline) {
    return module.call(
        deadline,
        library -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_LONG);
            library.getMechanismList(token.slot(), MemorySegment.NULL, count);
            MemorySegment list = arena.allocate(JAVA_LONG, Math.max(1, count.get(JAVA_LONG, 0)));
            library.getMechanismList(token.slot(), list, count);
            return LongStream.of(
                    list.asSlice(0, count.get(JAVA_LONG, 0) * Long.BYTES).toArray(JAVA_LONG))
                .filter(Mechanism::isOfInterest)
                .sorted()
                .boxed()
                .toList();
          }
        });
  }
}
