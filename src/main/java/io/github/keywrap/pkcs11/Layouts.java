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
  /**
   * {@code CK_C_INITIALIZE_ARGS} (section 3.7): four callbacks, flags, reserved; in NSS
   * LibraryParameters stand in that place, and reserved comes after them.
   */
  private static final long INITIALIZE_ARGS = 56;

  private static final long INITIALIZE_ARGS_FLAGS = 32;
  private static final long INITIALIZE_ARGS_RESERVED = 40;
  private static final long CKF_OS_LOCKING_OK = 2;

  /** {@code CK_MECHANISM} (section 3.6): mechanism, parameter, length of the parameter. */
  private static final long MECHANISM = 24;

  private Layouts() {}

  /**
   * Asks the library to lock with what the operating system has.
   *
   * @param parameters for the library; empty: none
   */
  static MemorySegment initializeArguments(Arena arena, String parameters) {
    MemorySegment arguments = arena.allocate(INITIALIZE_ARGS, 8);
    arguments.set(JAVA_LONG, INITIALIZE_ARGS_FLAGS, CKF_OS_LOCKING_OK);
    if (!parameters.isEmpty()) {
      arguments.set(ADDRESS, INITIALIZE_ARGS_RESERVED, arena.allocateFrom(parameters));
    }
    return arguments;
  }

  static MemorySegment mechanism(Arena arena, long mechanism, MemorySegment parameter) {
    MemorySegment segment = arena.allocate(MECHANISM, 8);
    segment.set(JAVA_LONG, 0, mechanism);
    segment.set(ADDRESS, 8, parameter.byteSize() == 0 ? MemorySegment.NULL : parameter);
    segment.set(JAVA_LONG, 16, parameter.byteSize());
    return segment;
  }

  /**
   * A text that is padded with blanks (section 2.2: {@code CK_UTF8CHAR} arrays in structures), or
   * ended by NUL, as some libraries do against the specification.
   */
  static String text(MemorySegment segment, long offset, long length) {
    String text = new String(segment.asSlice(offset, length).toArray(JAVA_BYTE), UTF_8);
    int end = text.indexOf('\0');
    return (end < 0 ? text : text.substring(0, end)).strip();
  }

  static MemorySegment copy(Arena arena, byte[] bytes) {
    return bytes.length == 0 ? MemorySegment.NULL : arena.allocateFrom(JAVA_BYTE, bytes);
  }
}
