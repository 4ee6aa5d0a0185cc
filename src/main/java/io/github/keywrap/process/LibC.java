package io.github.keywrap.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Functions of the C library, as the JVM calls them; see {@link NativeLibC}. */
final class LibC {
  /** RLIMIT_CORE of Linux. */
  static final int CORE = 4;

  private LibC() {}

  /** umask(2), which always succeeds: the mask before. */
  static int umask(int mask) {
    try {
      return (int) function("umask", FunctionDescriptor.of(JAVA_INT, JAVA_INT)).invokeExact(mask);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** setrlimit(2) of the size of core files to zero; a limit can always be lowered. */
  static void forbidCoreFiles() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zero = arena.allocate(MemoryLayout.sequenceLayout(2, JAVA_LONG));
      int _ =
          (int)
              function("setrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS))
                  .invokeExact(CORE, zero);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static MethodHandle function(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }
}
