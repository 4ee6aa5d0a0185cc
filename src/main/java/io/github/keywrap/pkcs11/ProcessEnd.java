package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/**
 * Keeps what libraries do at the end of the process from holding it: a destructor that waits for an
 * HSM would, and no Java code runs any more that could stop it. glibc calls what was registered
 * last first (on_exit(3)), and {@code _exit(2)} calls nobody else.
 */
final class ProcessEnd {
  static final FunctionDescriptor ON_EXIT = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);

  private ProcessEnd() {}

  /** From now on the process ends with the status it has, before what was registered so far. */
  static void skipEarlierHandlers() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup c = linker.defaultLookup();
    Optional<MemorySegment> onExit = c.find("on_exit");
    Optional<MemorySegment> end = c.find("_exit");
    if (onExit.isEmpty() || end.isEmpty()) {
      return; // Not glibc: destructors run.
    }
    try {
      int _ =
          (int)
              linker
                  .downcallHandle(onExit.get(), ON_EXIT)
                  .invokeExact(end.get(), MemorySegment.NULL);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }
}
