package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Structures of PKCS #11 3.1 in the memory layout of 64-bit Unix: natural alignment, no packing.
 */
final class Layouts {
  /** {@code CK_C_INITIALIZE_ARGS} (section 3.7): four callbacks, flags, reserved. */
  private static final long INITIALIZE_ARGS = 48;

  private static final long INITIALIZE_ARGS_FLAGS = 32;
  private static final long CKF_OS_LOCKING_OK = 2;

  /** {@code CK_MECHANISM} (section 3.6): mechanism, parameter, length of the parameter. */
  private static final long MECHANISM = 24;

  private Layouts() {}

  /** Asks the library to lock with what the operating system has. */
  static MemorySegment initializeArguments(Arena arena) {
    MemorySegment arguments = arena.allocate(INITIALIZE_ARGS, 8);
    arguments.set(JAVA_LONG, INITIALIZE_ARGS_FLAGS, CKF_OS_LOCKING_OK);
    return arguments;
  }

  static MemorySegment mechanism(Arena arena, long mechanism, MemorySegment parameter) {
    MemorySegment segment = arena.allocate(MECHANISM, 8);
    segment.set(JAVA_LONG, 0, mechanism);
    segment.set(ADDRESS, 8, parameter.byteSize() == 0 ? MemorySegment.NULL : parameter);
    segment.set(JAVA_LONG, 16, parameter.byteSize());
    return segment;
  }

  /** A text that is padded with blanks (section 2.2: {@code CK_UTF8CHAR} arrays in structures). */
  static String text(MemorySegment segment, long offset, long length) {
    return new String(segment.asSlice(offset, length).toArray(JAVA_BYTE), UTF_8).strip();
  }

  static MemorySegment copy(Arena arena, byte[] bytes) {
    return bytes.length == 0 ? MemorySegment.NULL : arena.allocateFrom(JAVA_BYTE, bytes);
  }
}
