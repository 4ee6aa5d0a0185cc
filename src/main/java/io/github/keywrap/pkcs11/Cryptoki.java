package io.github.keywrap.pkcs11;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A PKCS#11 library in this process: one method for each function, which throws {@link
 * Pkcs11Exception} for anything but {@code CKR_OK}. Once loaded, a library stays: vendors'
 * libraries do not survive being unloaded.
 */
final class Cryptoki {
  private final MethodHandle initialize;
  private final MethodHandle finalizeModule;
  private final MethodHandle getSlotList;
  private final MethodHandle getTokenInfo;
  private final MethodHandle getMechanismList;
  private final MethodHandle openSession;
  private final MethodHandle closeSession;
  private final MethodHandle login;
  private final MethodHandle createObject;
  private final MethodHandle destroyObject;
  private final MethodHandle getAttributeValue;
  private final MethodHandle findObjectsInit;
  private final MethodHandle findObjects;
  private final MethodHandle findObjectsFinal;
  private final MethodHandle encryptInit;
  private final MethodHandle encrypt;
  private final MethodHandle decryptInit;
  private final MethodHandle decrypt;
  private final MethodHandle signInit;
  private final MethodHandle sign;
  private final MethodHandle generateKey;
  private final MethodHandle generateRandom;

  /** Finds a function in the library. */
  interface Handles {
    MethodHandle of(CryptokiFunction function);
  }

  Cryptoki(Handles handles) {
    this.initialize = handles.of(CryptokiFunction.C_Initialize);
    this.finalizeModule = handles.of(CryptokiFunction.C_Finalize);
    this.getSlotList = handles.of(CryptokiFunction.C_GetSlotList);
    this.getTokenInfo = handles.of(CryptokiFunction.C_GetTokenInfo);
    this.getMechanismList = handles.of(CryptokiFunction.C_GetMechanismList);
    this.openSession = handles.of(CryptokiFunction.C_OpenSession);
    this.closeSession = handles.of(CryptokiFunction.C_CloseSession);
    this.login = handles.of(CryptokiFunction.C_Login);
    this.createObject = handles.of(CryptokiFunction.C_CreateObject);
    this.destroyObject = handles.of(CryptokiFunction.C_DestroyObject);
    this.getAttributeValue = handles.of(CryptokiFunction.C_GetAttributeValue);
    this.findObjectsInit = handles.of(CryptokiFunction.C_FindObjectsInit);
    this.findObjects = handles.of(CryptokiFunction.C_FindObjects);
    this.findObjectsFinal = handles.of(CryptokiFunction.C_FindObjectsFinal);
    this.encryptInit = handles.of(CryptokiFunction.C_EncryptInit);
    this.encrypt = handles.of(CryptokiFunction.C_Encrypt);
    this.decryptInit = handles.of(CryptokiFunction.C_DecryptInit);
    this.decrypt = handles.of(CryptokiFunction.C_Decrypt);
    this.signInit = handles.of(CryptokiFunction.C_SignInit);
    this.sign = handles.of(CryptokiFunction.C_Sign);
    this.generateKey = handles.of(CryptokiFunction.C_GenerateKey);
    this.generateRandom = handles.of(CryptokiFunction.C_GenerateRandom);
  }

  /** A call of a native function. */
  private interface Call {
    long invoke() throws Throwable;
  }

  private static void check(CryptokiFunction function, Call call) {
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
    check(CryptokiFunction.C_Initialize, () -> (long) initialize.invokeExact(arguments));
  }

  void finalizeModule() {
    check(CryptokiFunction.C_Finalize, () -> (long) finalizeModule.invokeExact(MemorySegment.NULL));
  }

  void getSlotList(boolean tokenPresent, MemorySegment slots, MemorySegment count) {
    byte present = (byte) (tokenPresent ? 1 : 0);
    check(
        CryptokiFunction.C_GetSlotList,
        () -> (long) getSlotList.invokeExact(present, slots, count));
  }

  void getTokenInfo(long slot, MemorySegment info) {
    check(CryptokiFunction.C_GetTokenInfo, () -> (long) getTokenInfo.invokeExact(slot, info));
  }

  void getMechanismList(long slot, MemorySegment list, MemorySegment count) {
    check(
        CryptokiFunction.C_GetMechanismList,
        () -> (long) getMechanismList.invokeExact(slot, list, count));
  }

  void openSession(long slot, long flags, MemorySegment session) {
    check(
        CryptokiFunction.C_OpenSession,
        () ->
            (long)
                openSession.invokeExact(
                    slot, flags, MemorySegment.NULL, MemorySegment.NULL, session));
  }

  void closeSession(long session) {
    check(CryptokiFunction.C_CloseSession, () -> (long) closeSession.invokeExact(session));
  }

  void login(long session, long userType, MemorySegment pin) {
    check(
        CryptokiFunction.C_Login,
        () -> (long) login.invokeExact(session, userType, pin, pin.byteSize()));
  }

  void createObject(long session, MemorySegment template, long count, MemorySegment object) {
    check(
        CryptokiFunction.C_CreateObject,
        () -> (long) createObject.invokeExact(session, template, count, object));
  }

  void destroyObject(long session, long object) {
    check(
        CryptokiFunction.C_DestroyObject, () -> (long) destroyObject.invokeExact(session, object));
  }

  void getAttributeValue(long session, long object, MemorySegment template, long count) {
    check(
        CryptokiFunction.C_GetAttributeValue,
        () -> (long) getAttributeValue.invokeExact(session, object, template, count));
  }

  void findObjectsInit(long session, MemorySegment template, long count) {
    check(
        CryptokiFunction.C_FindObjectsInit,
        () -> (long) findObjectsInit.invokeExact(session, template, count));
  }

  void findObjects(long session, MemorySegment objects, long most, MemorySegment count) {
    check(
        CryptokiFunction.C_FindObjects,
        () -> (long) findObjects.invokeExact(session, objects, most, count));
  }

  void findObjectsFinal(long session) {
    check(CryptokiFunction.C_FindObjectsFinal, () -> (long) findObjectsFinal.invokeExact(session));
  }

  void encryptInit(long session, MemorySegment mechanism, long key) {
    check(
        CryptokiFunction.C_EncryptInit,
        () -> (long) encryptInit.invokeExact(session, mechanism, key));
  }

  void encrypt(long session, MemorySegment in, MemorySegment out, MemorySegment outLength) {
    check(
        CryptokiFunction.C_Encrypt,
        () -> (long) encrypt.invokeExact(session, in, in.byteSize(), out, outLength));
  }

  void decryptInit(long session, MemorySegment mechanism, long key) {
    check(
        CryptokiFunction.C_DecryptInit,
        () -> (long) decryptInit.invokeExact(session, mechanism, key));
  }

  void decrypt(long session, MemorySegment in, MemorySegment out, MemorySegment outLength) {
    check(
        CryptokiFunction.C_Decrypt,
        () -> (long) decrypt.invokeExact(session, in, in.byteSize(), out, outLength));
  }

  void signInit(long session, MemorySegment mechanism, long key) {
    check(CryptokiFunction.C_SignInit, () -> (long) signInit.invokeExact(session, mechanism, key));
  }

  void sign(long session, MemorySegment in, MemorySegment out, MemorySegment outLength) {
    check(
        CryptokiFunction.C_Sign,
        () -> (long) sign.invokeExact(session, in, in.byteSize(), out, outLength));
  }

  void generateRandom(long session, MemorySegment bytes) {
    check(
        CryptokiFunction.C_GenerateRandom,
        () -> (long) generateRandom.invokeExact(session, bytes, bytes.byteSize()));
  }

  void generateKey(
      long session,
      MemorySegment mechanism,
      MemorySegment template,
      long count,
      MemorySegment key) {
    check(
        CryptokiFunction.C_GenerateKey,
        () -> (long) generateKey.invokeExact(session, mechanism, template, count, key));
  }
}
