package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.device.UnusableOutputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Writes to a place of limited length, and says how much it wrote. */
interface OutputBuffer {
  /** A token that wants more than this is not to be believed. */
  int MAX = 65_536;

  void write(MemorySegment to, MemorySegment length);

  /**
   * Runs an operation that ends in an output. A token that wants more room than there should be to
   * write is asked again with what it wants: the operation stays active (PKCS #11 3.1, section
   * 5.2).
   *
   * @return what was written, the caller's to wipe
   */
  static byte[] of(Arena arena, int expected, OutputBuffer output) {
    MemorySegment length = arena.allocate(JAVA_LONG);
    length.set(JAVA_LONG, 0, expected);
    MemorySegment to = arena.allocate(expected);
    try {
      output.write(to, length);
    } catch (Pkcs11Exception e) {
      long wanted = length.get(JAVA_LONG, 0);
      if (e.value() != ReturnValue.BUFFER_TOO_SMALL || wanted <= expected || wanted > MAX) {
        throw e;
      }
      to = arena.allocate(wanted);
      output.write(to, length);
    }
    long written = length.get(JAVA_LONG, 0);
    byte[] bytes = to.asSlice(0, Math.clamp(written, 0, to.byteSize())).toArray(JAVA_BYTE);
    to.fill((byte) 0);
    if (written != bytes.length) {
      Arrays.fill(bytes, (byte) 0);
      throw new UnusableOutputException(
          "the token says that it wrote more than there is room for: the fault is its library's");
    }
    return bytes;
  }
}
