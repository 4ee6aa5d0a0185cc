package io.github.keywrap.pkcs11;

/** Which setting is the usual cause of what a token answered. */
final class Hints {
  private Hints() {}

  /** For the end of a message; empty where there is no usual cause. */
  static String of(Pkcs11Exception answer) {
    return switch (answer.function()) {
      case C_Initialize ->
          switch (answer.value()) {
            case ARGUMENTS_BAD, GENERAL_ERROR ->
                "; some libraries want library-parameters, see docs/hsm.md";
            default -> "";
          };
      case C_EncryptInit, C_DecryptInit, C_SignInit, C_CreateObject, C_GenerateKey ->
          switch (answer.value()) {
            case FUNCTION_FAILED, SESSION_READ_ONLY ->
                "; some tokens do this in sessions only that are read/write: session: read-write";
            case MECHANISM_PARAM_INVALID, ARGUMENTS_BAD ->
                "; see gcm-iv and gcm-params in docs/hsm.md";
            case FUNCTION_REJECTED, USER_TYPE_INVALID ->
                "; may this user make keys? see keygen.user-type in docs/hsm.md";
            default -> "";
          };
      default -> "";
    };
  }

  /** For a token that refused a PIN. */
  static String ofRefusedPin(Token token) {
    return token.has(Token.Flag.PROTECTED_AUTHENTICATION_PATH)
        ? "; it has a PIN pad: if that is where PINs are typed, set login: pin-pad"
        : "";
  }
}
