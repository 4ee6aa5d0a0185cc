package io.github.keywrap.pkcs11;

import java.util.Arrays;

/** Values of {@code CK_RV} that keywrap knows by name (PKCS #11 3.1, section 3.6 and 5.1). */
enum ReturnValue {
  OK(0x0),
  HOST_MEMORY(0x2),
  SLOT_ID_INVALID(0x3),
  GENERAL_ERROR(0x5),
  FUNCTION_FAILED(0x6),
  ARGUMENTS_BAD(0x7),
  NEED_TO_CREATE_THREADS(0x9),
  CANT_LOCK(0xa),
  ATTRIBUTE_SENSITIVE(0x11),
  ATTRIBUTE_TYPE_INVALID(0x12),
  ATTRIBUTE_VALUE_INVALID(0x13),
  DATA_INVALID(0x20),
  DATA_LEN_RANGE(0x21),
  DEVICE_ERROR(0x30),
  DEVICE_MEMORY(0x31),
  DEVICE_REMOVED(0x32),
  ENCRYPTED_DATA_INVALID(0x40),
  ENCRYPTED_DATA_LEN_RANGE(0x41),
  AEAD_DECRYPT_FAILED(0x42),
  FUNCTION_CANCELED(0x50),
  FUNCTION_NOT_SUPPORTED(0x54),
  KEY_HANDLE_INVALID(0x60),
  KEY_SIZE_RANGE(0x62),
  KEY_TYPE_INCONSISTENT(0x63),
  KEY_FUNCTION_NOT_PERMITTED(0x68),
  MECHANISM_INVALID(0x70),
  MECHANISM_PARAM_INVALID(0x71),
  OBJECT_HANDLE_INVALID(0x82),
  OPERATION_ACTIVE(0x90),
  OPERATION_NOT_INITIALIZED(0x91),
  PIN_INCORRECT(0xa0),
  PIN_INVALID(0xa1),
  PIN_LEN_RANGE(0xa2),
  PIN_EXPIRED(0xa3),
  PIN_LOCKED(0xa4),
  SESSION_CLOSED(0xb0),
  SESSION_COUNT(0xb1),
  SESSION_HANDLE_INVALID(0xb3),
  SESSION_READ_ONLY(0xb5),
  TEMPLATE_INCOMPLETE(0xd0),
  TEMPLATE_INCONSISTENT(0xd1),
  TOKEN_NOT_PRESENT(0xe0),
  TOKEN_NOT_RECOGNIZED(0xe1),
  TOKEN_WRITE_PROTECTED(0xe2),
  USER_ALREADY_LOGGED_IN(0x100),
  USER_NOT_LOGGED_IN(0x101),
  USER_PIN_NOT_INITIALIZED(0x102),
  USER_TYPE_INVALID(0x103),
  USER_ANOTHER_ALREADY_LOGGED_IN(0x104),
  USER_TOO_MANY_TYPES(0x105),
  RANDOM_NO_RNG(0x121),
  BUFFER_TOO_SMALL(0x150),
  CRYPTOKI_NOT_INITIALIZED(0x190),
  CRYPTOKI_ALREADY_INITIALIZED(0x191),
  FUNCTION_REJECTED(0x200),
  /** Any other, for example of a vendor. */
  OTHER(-1);

  private final long code;

  ReturnValue(long code) {
    this.code = code;
  }

  long code() {
    return code;
  }

  static ReturnValue of(long code) {
    return Arrays.stream(values()).filter(value -> value.code == code).findFirst().orElse(OTHER);
  }

  /** The value of that name, such as {@code CKR_DEVICE_ERROR}. */
  static ReturnValue named(String name) {
    return Arrays.stream(values())
        .filter(value -> name.equals("CKR_" + value))
        .findFirst()
        .orElse(OTHER);
  }

  /** As the specification writes it, for example {@code CKR_DEVICE_ERROR (0x30)}. */
  static String describe(long code) {
    ReturnValue value = of(code);
    String name = value == OTHER ? "unknown return value" : "CKR_" + value;
    return name + " (0x" + Long.toHexString(code) + ")";
  }
}
