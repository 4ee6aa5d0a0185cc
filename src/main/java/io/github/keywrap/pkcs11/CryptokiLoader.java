package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.domain.OperatorException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;

/** Brings a PKCS#11 library into this process. */
final class CryptokiLoader {
  private static final String ENTRY = "C_GetFunctionList";

  private CryptokiLoader() {}

  /**
   * A library in this process.
   *
   * @param functionList address of its list of functions, by which it is the same under two names
   */
  record Loaded(Cryptoki cryptoki, long functionList) {}

  /**
   * The file itself, however many links lead to it.
   *
   * @throws OperatorException if it cannot be read
   */
  static Path file(Path library) {
    try {
      if (Files.isReadable(library)) {
        return library.toRealPath();
      }
    } catch (IOException goneMeanwhile) {
      // Told below.
    }
    throw new OperatorException(
        "PKCS#11 library "
            + library
            + (Files.exists(library) ? " cannot be read" : " does not exist"),
        "set library: to the file that came with the HSM's client software");
  }

  /**
   * Loads a library; does not initialize it.
   *
   * @throws OperatorException if it cannot be loaded or is no PKCS#11 library
   */
  static Loaded load(Path library) {
    try {
      Linker linker = Linker.nativeLinker();
      MemorySegment entry =
          SymbolLookup.libraryLookup(library, Arena.global())
              .find(ENTRY)
              .orElseThrow(() -> isNone(library));
      MethodHandle getFunctionList =
          linker.downcallHandle(entry, FunctionDescriptor.of(JAVA_LONG, ADDRESS));
      MemorySegment list = functionList(library, getFunctionList);
      ProcessEnd.skipEarlierHandlers();
      return new Loaded(new Cryptoki(function -> handle(linker, list, function)), list.address());
    } catch (IllegalArgumentException notLoaded) {
      throw new OperatorException(
          "PKCS#11 library " + library + " cannot be loaded: " + notLoaded.getMessage(),
          "see what it needs: ldd " + library);
    } catch (UnsupportedOperationException | LinkageError unsupported) {
      throw withoutForeignFunctions(unsupported);
    }
  }

  private static OperatorException isNone(Path library) {
    return new OperatorException(
        library + " is no PKCS#11 library: it has no " + ENTRY,
        "name the one that the vendor calls its PKCS#11 library");
  }

  /** Libraries should have a stub for what they cannot do; for those that have nothing, ours. */
  private static MethodHandle handle(Linker linker, MemorySegment list, CryptokiFunction function) {
    MemorySegment pointer = list.get(ADDRESS, function.offset());
    return pointer.address() == 0
        ? MethodHandles.dropArguments(
            MethodHandles.constant(long.class, ReturnValue.FUNCTION_NOT_SUPPORTED.code()),
            0,
            function.descriptor().toMethodType().parameterList())
        : linker.downcallHandle(pointer, function.descriptor());
  }

  /** The list of functions (section 5.4.4). */
  private static MemorySegment functionList(Path library, MethodHandle getFunctionList) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pointer = arena.allocate(ADDRESS);
      long code = (long) getFunctionList.invokeExact(pointer);
      if (code != ReturnValue.OK.code()) {
        throw new IllegalArgumentException(ENTRY + ": " + ReturnValue.describe(code));
      }
      MemorySegment list = pointer.get(ADDRESS, 0);
      if (list.address() == 0) {
        throw new OperatorException(
            "PKCS#11 library "
                + library
                + " cannot be loaded: "
                + ENTRY
                + " reports success and returns no functions",
            "the fault is the library's: ask its vendor");
      }
      return list.reinterpret(CryptokiFunction.listLength());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static OperatorException withoutForeignFunctions(Throwable cause) {
    OperatorException failure =
        new OperatorException(
            "this executable was built without foreign-function support, which type: pkcs11 needs",
            "run keywrap on a Java runtime, or build it with a complete GraalVM 25");
    failure.initCause(cause);
    return failure;
  }
}
