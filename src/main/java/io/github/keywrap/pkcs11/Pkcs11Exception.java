package io.github.keywrap.pkcs11;

import io.github.keywrap.device.DeviceException;
import io.github.keywrap.device.DoubtfulCiphertextException;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;

/** A PKCS#11 function returned something else than {@code CKR_OK}; says which, and what. */
final class Pkcs11Exception extends DeviceException {
  private final CryptokiFunction function;
  private final long code;
  private final boolean isOutdated;

  Pkcs11Exception(CryptokiFunction function, long code) {
    this(function, code, function + ": " + ReturnValue.describe(code), false);
  }

  private Pkcs11Exception(
      CryptokiFunction function, long code, String message, boolean isOutdated) {
    super(message);
    this.function = function;
    this.code = code;
    this.isOutdated = isOutdated;
  }

  CryptokiFunction function() {
    return function;
  }

  ReturnValue value() {
    return ReturnValue.of(code);
  }

  long code() {
    return code;
  }

  @Override
  public String answer() {
    return ReturnValue.describe(code);
  }

  /**
   * {@inheritDoc} A wrong PIN has been answered with CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED and
   * CKR_ARGUMENTS_BAD, and the token was locked after five (OpenSC #871, #1655).
   */
  @Override
  public OfPin ofPin() {
    if (function != CryptokiFunction.C_Login) {
      return OfPin.UNTRIED;
    }
    return switch (value()) {
      case PIN_INCORRECT, PIN_INVALID, PIN_LEN_RANGE, PIN_EXPIRED, PIN_LOCKED -> OfPin.REFUSED;
      case DEVICE_ERROR, DEVICE_MEMORY, DEVICE_REMOVED -> OfPin.UNTRIED;
      case TOKEN_NOT_PRESENT, TOKEN_NOT_RECOGNIZED, SLOT_ID_INVALID -> OfPin.UNTRIED;
      case SESSION_CLOSED, SESSION_COUNT, SESSION_HANDLE_INVALID -> OfPin.UNTRIED;
      case CRYPTOKI_NOT_INITIALIZED, HOST_MEMORY -> OfPin.UNTRIED;
      case USER_ALREADY_LOGGED_IN, USER_ANOTHER_ALREADY_LOGGED_IN -> OfPin.UNTRIED;
      case USER_PIN_NOT_INITIALIZED, USER_TYPE_INVALID, USER_TOO_MANY_TYPES -> OfPin.UNTRIED;
      default -> OfPin.DOUBTFUL;
    };
  }

  @Override
  public boolean isOfTheCall() {
    return refusesPlaintext()
        || value() == ReturnValue.MECHANISM_INVALID
        || value() == ReturnValue.FUNCTION_NOT_SUPPORTED;
  }

  private boolean refusesPlaintext() {
    return function == CryptokiFunction.C_Encrypt
        && (value() == ReturnValue.DATA_LEN_RANGE || value() == ReturnValue.DATA_INVALID);
  }

  /**
   * What it means as an answer to a ciphertext: that it is certainly not authentic, that nobody can
   * tell, or that it is not about the ciphertext. A wrong tag is CKR_GENERAL_ERROR of SoftHSM, and
   * CKR_FUNCTION_FAILED, CKR_DATA_INVALID, CKR_DEVICE_ERROR or a number of its own of others; an IV
   * of an altered length is a bad parameter.
   */
  RuntimeException asAnswerToCiphertext() {
    return switch (function) {
      case C_Decrypt ->
          switch (value()) {
            case ENCRYPTED_DATA_INVALID, ENCRYPTED_DATA_LEN_RANGE, AEAD_DECRYPT_FAILED ->
                InvalidCiphertext.notAuthentic();
            default -> isOfLostConnection() ? this : new DoubtfulCiphertextException(this);
          };
      case C_DecryptInit ->
          switch (value()) {
            case MECHANISM_PARAM_INVALID, ARGUMENTS_BAD -> new DoubtfulCiphertextException(this);
            default -> this;
          };
      default -> this;
    };
  }

  /**
   * What is said instead of calling the library with numbers that may mean something else by now.
   *
   * @param why for people
   */
  static Pkcs11Exception outdated(String why) {
    return new Pkcs11Exception(
        CryptokiFunction.C_OpenSession, ReturnValue.SESSION_HANDLE_INVALID.code(), why, true);
  }

  /** {@inheritDoc} Made by {@link #outdated}. */
  @Override
  public boolean isOutdated() {
    return isOutdated;
  }

  @Override
  public boolean isOfLostConnection() {
    return switch (value()) {
      case SESSION_CLOSED, SESSION_HANDLE_INVALID, USER_NOT_LOGGED_IN -> true;
      case DEVICE_REMOVED, TOKEN_NOT_PRESENT, SLOT_ID_INVALID, CRYPTOKI_NOT_INITIALIZED -> true;
      default -> false;
    };
  }

  @Override
  public String hint() {
    return Hints.of(this);
  }

  @Override
  public boolean isPermanent() {
    return switch (value()) {
      case MECHANISM_INVALID, FUNCTION_NOT_SUPPORTED -> true;
      case KEY_TYPE_INCONSISTENT, KEY_SIZE_RANGE, KEY_FUNCTION_NOT_PERMITTED -> true;
      case USER_TYPE_INVALID, USER_PIN_NOT_INITIALIZED -> true;
      default -> false;
    };
  }
}
