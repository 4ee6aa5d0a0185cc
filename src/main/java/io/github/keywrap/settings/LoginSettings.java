package io.github.keywrap.settings;

/** How to log in to a token. {@code userType} is a {@code CK_USER_TYPE}. */
public sealed interface LoginSettings {
  /** With a PIN that keywrap has. */
  record WithPin(SecretSource pin, long userType) implements LoginSettings {
    @Override
    public String toString() {
      return "with the PIN in " + pin.description();
    }
  }

  /** With a PIN that somebody types at the token ({@code CKF_PROTECTED_AUTHENTICATION_PATH}). */
  record AtPinPad(long userType) implements LoginSettings {
    @Override
    public String toString() {
      return "at the token's PIN pad";
    }
  }

  /** Not at all: the token's keys are for everybody who reaches it. */
  record None() implements LoginSettings {
    @Override
    public String toString() {
      return "not needed";
    }
  }
}
