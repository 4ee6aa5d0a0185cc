package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.SecretSource;
import java.io.IOException;

/**
 * Logs in, and never tries one PIN twice: three wrong tries lock a token, and with it every Secret.
 * A refusal is on disk before anybody hears of it, and holds until the PIN's source changes or an
 * operator says {@code keywrap pin retry}. Where a refusal could not be recorded, no PIN is tried.
 */
final class PinGuard {
  private final SecretSource pin;
  private final long userType;
  private final RefusedPins refused;

  PinGuard(Pkcs11KeySettings settings) {
    this.pin = settings.pin();
    this.userType = settings.userType();
    this.refused = new RefusedPins(settings.stateDirectory());
  }

  /**
   * Logs in.
   *
   * @throws AccessDenied if the token refuses the PIN, or it is not tried
   * @throws Pkcs11Exception if the login fails for another reason
   */
  void login(Session session, Token token, Deadline deadline) {
    refuseByFlags(token);
    try (RefusedPins.Lock _ = refused.lock()) {
      String source = pin.identity();
      if (refused.holds(token.serial(), source)) {
        throw new AccessDenied(
            ("token %s has refused the PIN in %s; it is not tried again until that changes or you"
                    + " say: keywrap pin retry")
                .formatted(token, pin.description()),
            null);
      }
      loginOnce(session, token, source, deadline);
      refused.forget(token.serial());
    } catch (IOException e) {
      throw new AccessDenied(
          "the PIN of token %s is not tried, because a refusal could not be recorded in %s: %s"
              .formatted(token, refused.directory(), e.getMessage()),
          e);
    } catch (OperatorException e) {
      throw new AccessDenied("the PIN of token %s: %s".formatted(token, e.getMessage()), e);
    }
  }

  private void loginOnce(Session session, Token token, String source, Deadline deadline)
      throws IOException {
    try (SecretBytes secret = pin.read()) {
      if (!pin.identity().equals(source)) {
        throw new AccessDenied(pin.description() + " is just being replaced", null);
      }
      session.login(userType, secret, deadline);
    } catch (Pkcs11Exception e) {
      if (e.refusesPin()) {
        refused.record(token.serial(), source, ReturnValue.describe(e.value().code()));
        throw new AccessDenied(
            "token %s refused the PIN in %s: %s; it is not tried again until that changes"
                .formatted(token, pin.description(), e.value()),
            e);
      }
      throw e;
    }
  }

  private static void refuseByFlags(Token token) {
    for (Token.Flag flag :
        new Token.Flag[] {Token.Flag.USER_PIN_LOCKED, Token.Flag.USER_PIN_FINAL_TRY}) {
      if (token.has(flag)) {
        throw new AccessDenied(
            "token %s says \"%s\": no login is tried; use its own tools".formatted(token, flag),
            null);
      }
    }
  }
}
