package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.settings.TokenSettings;
import java.util.List;

/** Logs in to a token that says how many tries are left. */
final class TokenLogin {
  private static final List<Token.Flag> FORBIDDING =
      List.of(Token.Flag.USER_PIN_LOCKED, Token.Flag.USER_PIN_FINAL_TRY);

  private final PinGuard guard;
  private final long userType;

  TokenLogin(TokenSettings settings) {
    this.guard = new PinGuard(settings.pin(), settings.stateDirectory());
    this.userType = settings.userType();
  }

  /**
   * Logs in.
   *
   * @throws AccessDenied if the token refuses the PIN, or it is not tried
   * @throws Pkcs11Exception if the login fails for another reason
   */
  void logIn(Session session, Token token, Deadline deadline) {
    for (Token.Flag flag : FORBIDDING) {
      if (token.has(flag)) {
        throw new AccessDenied(
            "token %s says \"%s\": no login is tried; use its own tools".formatted(token, flag),
            null);
      }
    }
    guard.logIn(token.serial(), token.toString(), pin -> session.login(userType, pin, deadline));
  }
}
