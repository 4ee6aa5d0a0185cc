package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;

/**
 * The functions that keywrap calls: place in {@code CK_FUNCTION_LIST} (PKCS #11 3.1, section 3.7,
 * counted from 0 after the version) and parameters. A native executable needs each distinct
 * descriptor in its reachability metadata; a test compares the two.
 */
enum CryptokiFunction {
  C_Initialize(0, ADDRESS),
  C_Finalize(1, ADDRESS),
  C_GetSlotList(4, JAVA_BYTE, ADDRESS, ADDRESS),
  C_GetTokenInfo(6, JAVA_LONG, ADDRESS),
  C_GetMechanismList(7, JAVA_LONG, ADDRESS, ADDRESS),
  C_OpenSession(12, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS),
  C_CloseSession(13, JAVA_LONG),
  C_Login(18, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG),
  C_CreateObject(20, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS),
  C_DestroyObject(22, JAVA_LONG, JAVA_LONG),
  C_GetAttributeValue(24, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG),
  C_FindObjectsInit(26, JAVA_LONG, ADDRESS, JAVA_LONG),
  C_FindObjects(27, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS),
  C_FindObjectsFinal(28, JAVA_LONG),
  C_EncryptInit(29, JAVA_LONG, ADDRESS, JAVA_LONG),
  C_Encrypt(30, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS),
  C_DecryptInit(33, JAVA_LONG, ADDRESS, JAVA_LONG),
  C_Decrypt(34, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS),
  C_SignInit(42, JAVA_LONG, ADDRESS, JAVA_LONG),
  C_Sign(43, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS),
  C_GenerateKey(58, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
  C_GenerateRandom(64, JAVA_LONG, ADDRESS, JAVA_LONG);

  /** {@code CK_VERSION}, padded to the alignment of a pointer. */
  private static final long FIRST_POINTER = 8;

  private final int index;

  @SuppressWarnings("ImmutableEnumChecker") // it is, by its documentation
  private final FunctionDescriptor descriptor;

  CryptokiFunction(int index, MemoryLayout... parameters) {
    this.index = index;
    this.descriptor = FunctionDescriptor.of(JAVA_LONG, parameters);
  }

  /** Place of the pointer in {@code CK_FUNCTION_LIST}, in bytes. */
  long offset() {
    return FIRST_POINTER + index * ADDRESS.byteSize();
  }

  FunctionDescriptor descriptor() {
    return descriptor;
  }

  /** Length of the part of {@code CK_FUNCTION_LIST} that is read, in bytes. */
  static long listLength() {
    return C_GenerateRandom.offset() + ADDRESS.byteSize();
  }
}
