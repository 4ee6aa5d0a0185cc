package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.SecretSource;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Logs in, and never tries one PIN twice: three wrong tries lock a token, and with it every Secret.
 * A refusal is on disk before anybody hears of it, and holds until the PIN's source changes or an
 * operator says {@code keywrap pin retry}. Where a refusal could not be recorded, no PIN is tried.
 */
final class PinGuard {
  private final SecretSource pin;
  private final RefusedPins refused;

  PinGuard(SecretSource pin, Path stateDirectory) {
    this.pin = pin;
    this.refused = new RefusedPins(stateDirectory);
  }

  /** Tries a PIN at a token, once. */
  interface Login {
    void with(SecretBytes pin);
  }

  /**
   * Logs in.
   *
   * @param serial what tells the token from others
   * @param token the token, for messages
   * @throws AccessDenied if the token refuses the PIN, or it is not tried
   * @throws Pkcs11Exception if the login fails for another reason
   */
  void logIn(String serial, String token, Login login) {
    try (RefusedPins.Lock _ = refused.lock()) {
      String source = pin.identity();
      if (refused.holds(serial, source)) {
        throw new AccessDenied(
            ("token %s has refused the PIN in %s; it is not tried again until that changes or you"
                    + " say: keywrap pin retry")
                .formatted(token, pin.description()),
            null);
      }
      logInOnce(serial, token, source, login);
      refused.forget(serial);
    } catch (IOException e) {
      throw new AccessDenied(
          "the PIN of token %s is not tried, because a refusal could not be recorded in %s: %s"
              .formatted(token, refused.directory(), e.getMessage()),
          e);
    } catch (OperatorException e) {
      throw new AccessDenied("the PIN of token %s: %s".formatted(token, e.getMessage()), e);
    }
  }

  private void logInOnce(String serial, String token, String source, Login login)
      throws IOException {
    try (SecretBytes secret = pin.read()) {
      if (!pin.identity().equals(source)) {
        throw new AccessDenied(pin.description() + " is just being replaced", null);
      }
      login.with(secret);
    } catch (Pkcs11Exception e) {
      if (e.refusesPin()) {
        refused.record(serial, source, ReturnValue.describe(e.value().code()));
        throw new AccessDenied(
            "token %s refused the PIN in %s: %s; it is not tried again until that changes"
                .formatted(token, pin.description(), e.value()),
            e);
      }
      throw e;
    }
  }
}
