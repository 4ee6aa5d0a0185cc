package io.github.keywrap.pkcs11;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@code CK_RV} in what the JDK's provider throws. Its own exception is not for others to
 * see; its message is the name of the return value, or its number.
 */
final class ProviderFailure {
  private static final Pattern NAME = Pattern.compile("CKR_[A-Z0-9_]+");
  private static final Pattern NUMBER = Pattern.compile("0x([0-9A-Fa-f]{1,16})");

  private ProviderFailure() {}

  /**
   * Translates.
   *
   * @param function that it was about
   */
  static Pkcs11Exception translate(CryptokiFunction function, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof AEADBadTagException) {
        // The provider makes it of a wrong tag, and of CKR_GENERAL_ERROR as well.
        return new Pkcs11Exception(function, ReturnValue.GENERAL_ERROR.code());
      }
    }
    Pkcs11Exception translated = new Pkcs11Exception(function, code(failure));
    translated.initCause(failure);
    return translated;
  }

  private static long code(Exception failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      Matcher name = NAME.matcher(message);
      if (name.find()) {
        return ReturnValue.named(name.group()).code();
      }
      Matcher number = NUMBER.matcher(message);
      if (cause.getCause() == null && number.find()) {
        return Long.parseUnsignedLong(number.group(1), 16);
      }
    }
    return ReturnValue.OTHER.code();
  }
}
