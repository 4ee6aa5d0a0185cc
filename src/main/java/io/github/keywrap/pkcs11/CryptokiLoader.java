package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.domain.OperatorException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** Brings a PKCS#11 library into this process. */
final class CryptokiLoader {
  private static final String ENTRY = "C_GetFunctionList";

  private CryptokiLoader() {}

  /**
   * Loads a library; does not initialize it.
   *
   * @throws OperatorException if it cannot be loaded or is no PKCS#11 library
   */
  static Cryptoki load(Path library) {
    if (!Files.isReadable(library)) {
      throw new OperatorException(
          "PKCS#11 library "
              + library
              + (Files.exists(library) ? " cannot be read" : " does not exist"),
          "set library: to the file that came with the HSM's client software");
    }
    try {
      Linker linker = Linker.nativeLinker();
      MemorySegment entry =
          SymbolLookup.libraryLookup(library, Arena.global())
              .find(ENTRY)
              .orElseThrow(() -> new IllegalArgumentException("it has no " + ENTRY));
      MethodHandle getFunctionList =
          linker.downcallHandle(entry, FunctionDescriptor.of(JAVA_LONG, ADDRESS));
      MemorySegment list = functionList(getFunctionList);
      return new Cryptoki(
          function ->
              linker.downcallHandle(list.get(ADDRESS, function.offset()), function.descriptor()));
    } catch (IllegalArgumentException notLoaded) {
      throw new OperatorException(
          "PKCS#11 library " + library + " cannot be loaded: " + notLoaded.getMessage(),
          "see what it needs: ldd " + library);
    } catch (UnsupportedOperationException | LinkageError unsupported) {
      throw withoutForeignFunctions(unsupported);
    }
  }

  /** The list of functions (section 5.4.4): all of them, as stubs where the token cannot do it. */
  private static MemorySegment functionList(MethodHandle getFunctionList) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pointer = arena.allocate(ADDRESS);
      long code = (long) getFunctionList.invokeExact(pointer);
      if (code != ReturnValue.OK.code()) {
        throw new IllegalArgumentException(ENTRY + ": " + ReturnValue.describe(code));
      }
      return pointer.get(ADDRESS, 0).reinterpret(Function.listLength());
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
