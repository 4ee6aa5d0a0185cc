package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.device.UnusableOutputException;
import java.lang.foreign.MemorySegment;

/**
 * What a module says of a count or a length. It is foreign code: nothing is allocated, and nothing
 * read, on its word alone.
 */
final class Claim {
  private Claim() {}

  /**
   * A number that the module wrote.
   *
   * @param what is counted, in the plural
   * @param most that can be true
   * @throws UnusableOutputException if it is not from 0 to {@code most}
   */
  static int of(CryptokiFunction function, String what, MemorySegment number, long most) {
    return of(function, what, number.get(JAVA_LONG, 0), most);
  }

  static int of(CryptokiFunction function, String what, long claimed, long most) {
    if (Long.compareUnsigned(claimed, most) > 0) {
      throw new UnusableOutputException(
          "%s says %s %s, which cannot be: the fault is the PKCS#11 library's"
              .formatted(function, Long.toUnsignedString(claimed), what));
    }
    return Math.toIntExact(claimed);
  }
}
