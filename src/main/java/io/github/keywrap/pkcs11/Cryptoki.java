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

/**
 * A PKCS#11 library in this process: one method for each function, which throws {@link
 * Pkcs11Exception} for anything but {@code CKR_OK}. Once loaded, a library stays: vendors'
 * libraries do not survive being unloaded.
 */
final class Cryptoki {
  private static final String ENTRY = "C_GetFunctionList";

  private final MethodHandle initialize;
  private final MethodHandle finalizeModule;
  private final MethodHandle getSlotList;
  private final MethodHandle getTokenInfo;
  private final MethodHandle getMechanismList;
  private final MethodHandle openSession;
  private final MethodHandle closeSession;
  private final MethodHandle login;
  private final MethodHandle getAttributeValue;
  private final MethodHandle findObjectsInit;
  private final MethodHandle findObjects;
  private final MethodHandle findObjectsFinal;
  private final MethodHandle encryptInit;
  private final MethodHandle encrypt;
  private final MethodHandle decryptInit;
  private final MethodHandle decrypt;
  private final MethodHandle generateKey;

  /** Finds the function in the library. */
  private interface Handles {
    MethodHandle of(Function function);
  }

  private Cryptoki(Handles handles) {
    this.initialize = handles.of(Function.C_Initialize);
    this.finalizeModule = handles.of(Function.C_Finalize);
    this.getSlotList = handles.of(Function.C_GetSlotList);
    this.getTokenInfo = handles.of(Function.C_GetTokenInfo);
    this.getMechanismList = handles.of(Function.C_GetMechanismList);
    this.openSession = handles.of(Function.C_OpenSession);
    this.closeSession = handles.of(Function.C_CloseSession);
    this.login = handles.of(Function.C_Login);
    this.getAttributeValue = handles.of(Function.C_GetAttributeValue);
    this.findObjectsInit = handles.of(Function.C_FindObjectsInit);
    this.findObjects = handles.of(Function.C_FindObjects);
    this.findObjectsFinal = handles.of(Function.C_FindObjectsFinal);
    this.encryptInit = handles.of(Function.C_EncryptInit);
    this.encrypt = handles.of(Function.C_Encrypt);
    this.decryptInit = handles.of(Function.C_DecryptInit);
    this.decrypt = handles.of(Function.C_Decrypt);
    this.generateKey = handles.of(Function.C_GenerateKey);
  }

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

  /** A call of a native function. */
  private interface Call {
    long invoke() throws Throwable;
  }

  private static void check(Function function, Call call) {
    long code;
    try {
      code = call.invoke();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
    if (code != ReturnValue.OK.code()) {
      throw new Pkcs11Exception(function, code);
    }
  }

  void initialize(MemorySegment arguments) {
    check(Function.C_Initialize, () -> (long) initialize.invokeExact(arguments));
  }

  void finalizeModule() {
    check(Function.C_Finalize, () -> (long) finalizeModule.invokeExact(MemorySegment.NULL));
  }

  void getSlotList(boolean tokenPresent, MemorySegment slots, MemorySegment count) {
    byte present = (byte) (tokenPresent ? 1 : 0);
    check(Function.C_GetSlotList, () -> (long) getSlotList.invokeExact(present, slots, count));
  }

  void getTokenInfo(long slot, MemorySegment info) {
    check(Function.C_GetTokenInfo, () -> (long) getTokenInfo.invokeExact(slot, info));
  }

  void getMechanismList(long slot, MemorySegment list, MemorySegment count) {
    check(
        Function.C_GetMechanismList, () -> (long) getMechanismList.invokeExact(slot, list, count));
  }

  void openSession(long slot, long flags, MemorySegment session) {
    check(
        Function.C_OpenSession,
        () ->
            (long)
                openSession.invokeExact(
                    slot, flags, MemorySegment.NULL, MemorySegment.NULL, session));
  }

  void closeSession(long session) {
    check(Function.C_CloseSession, () -> (long) closeSession.invokeExact(session));
  }

  void login(long session, long userType, MemorySegment pin) {
    check(Function.C_Login, () -> (long) login.invokeExact(session, userType, pin, pin.byteSize()));
  }

  void getAttributeValue(long session, long object, MemorySegment template, long count) {
    check(
        Function.C_GetAttributeValue,
        () -> (long) getAttributeValue.invokeExact(session, object, template, count));
  }

  void findObjectsInit(long session, MemorySegment template, long count) {
    check(
        Function.C_FindObjectsInit,
        () -> (long) findObjectsInit.invokeExact(session, template, count));
  }

  void findObjects(long session, MemorySegment objects, long most, MemorySegment count) {
    check(
        Function.C_FindObjects,
        () -> (long) findObjects.invokeExact(session, objects, most, count));
  }

  void findObjectsFinal(long session) {
    check(Function.C_FindObjectsFinal, () -> (long) findObjectsFinal.invokeExact(session));
  }

  void encryptInit(long session, MemorySegment mechanism, long key) {
    check(Function.C_EncryptInit, () -> (long) encryptInit.invokeExact(session, mechanism, key));
  }

  void encrypt(long session, MemorySegment in, MemorySegment out, MemorySegment outLength) {
    check(
        Function.C_Encrypt,
        () -> (long) encrypt.invokeExact(session, in, in.byteSize(), out, outLength));
  }

  void decryptInit(long session, MemorySegment mechanism, long key) {
    check(Function.C_DecryptInit, () -> (long) decryptInit.invokeExact(session, mechanism, key));
  }

  void decrypt(long session, MemorySegment in, MemorySegment out, MemorySegment outLength) {
    check(
        Function.C_Decrypt,
        () -> (long) decrypt.invokeExact(session, in, in.byteSize(), out, outLength));
  }

  void generateKey(
      long session,
      MemorySegment mechanism,
      MemorySegment template,
      long count,
      MemorySegment key) {
    check(
        Function.C_GenerateKey,
        () -> (long) generateKey.invokeExact(session, mechanism, template, count, key));
  }
}
