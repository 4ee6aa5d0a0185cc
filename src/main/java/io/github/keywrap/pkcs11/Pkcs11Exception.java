package io.github.keywrap.pkcs11;

/** A PKCS#11 function returned something else than {@code CKR_OK}; says which, and what. */
final class Pkcs11Exception extends RuntimeException {
  private final Function function;
  private final long code;

  Pkcs11Exception(Function function, long code) {
    super(function + ": " + ReturnValue.describe(code));
    this.function = function;
    this.code = code;
  }

  Function function() {
    return function;
  }

  ReturnValue value() {
    return ReturnValue.of(code);
  }

  /** Whether the token said that the user's PIN is not, or no longer, good. */
  boolean refusesPin() {
    return switch (value()) {
      case PIN_INCORRECT, PIN_INVALID, PIN_LEN_RANGE, PIN_EXPIRED, PIN_LOCKED -> true;
      default -> false;
    };
  }

  /** Whether the token does not take what it was given to encrypt, and works otherwise. */
  boolean refusesPlaintext() {
    return function == Function.C_Encrypt
        && (value() == ReturnValue.DATA_LEN_RANGE || value() == ReturnValue.DATA_INVALID);
  }

  /** Whether it certainly says that a ciphertext is not authentic. */
  boolean refusesCiphertext() {
    return function == Function.C_Decrypt
        && switch (value()) {
          case ENCRYPTED_DATA_INVALID, ENCRYPTED_DATA_LEN_RANGE, AEAD_DECRYPT_FAILED -> true;
          default -> false;
        };
  }

  /**
   * Whether it may say that a ciphertext is not authentic, or that the device is dead: SoftHSM
   * returns {@code CKR_GENERAL_ERROR} for a wrong tag, others {@code CKR_FUNCTION_FAILED} or {@code
   * CKR_DATA_INVALID}; and an IV of an altered length is a bad parameter.
   */
  boolean mayRefuseCiphertext() {
    return switch (function) {
      case C_Decrypt ->
          switch (value()) {
            case GENERAL_ERROR, FUNCTION_FAILED, DATA_INVALID, DATA_LEN_RANGE -> true;
            case ARGUMENTS_BAD, OTHER -> true;
            default -> false;
          };
      case C_DecryptInit ->
          value() == ReturnValue.MECHANISM_PARAM_INVALID || value() == ReturnValue.ARGUMENTS_BAD;
      default -> false;
    };
  }
}
