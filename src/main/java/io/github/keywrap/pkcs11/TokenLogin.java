package io.github.keywrap.pkcs11;

import io.github.keywrap.device.DeviceException;
import io.github.keywrap.device.PinGuard;
import io.github.keywrap.device.PinRefusedException;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.LoginSettings;
import io.github.keywrap.settings.SecretSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Logs in to a token that says how many tries are left. */
final class TokenLogin {
  private static final Logger LOG = System.getLogger(TokenLogin.class.getName());
  private static final String PIN_PAD = "its PIN pad";

  private static final List<Token.Flag> FORBIDDING =
      List.of(Token.Flag.USER_PIN_LOCKED, Token.Flag.USER_PIN_FINAL_TRY);

  private static final List<Token.Flag> COUNTING =
      List.of(
          Token.Flag.USER_PIN_COUNT_LOW, Token.Flag.USER_PIN_FINAL_TRY, Token.Flag.USER_PIN_LOCKED);

  private final LoginSettings settings;
  private final PinGuard guard;

  TokenLogin(LoginSettings settings, Path stateDirectory) {
    this.settings = settings;
    this.guard = new PinGuard(stateDirectory);
  }

  /** Calls {@code C_Login}; says whether nobody was logged in before. */
  interface WithPin {
    boolean logIn(SecretBytes pin);
  }

  /**
   * Logs in, if that is to be done at all.
   *
   * @return whether nobody was logged in before
   * @throws AccessDenied if the token refuses the PIN, or it is not tried
   * @throws BackendUnavailable if it cannot be tried now
   * @throws Pkcs11Exception if the login fails for another reason
   */
  boolean logIn(Initialization library, Session session, Token token, Deadline due) {
    return switch (settings) {
      case LoginSettings.None _ -> false;
      case LoginSettings.AtPinPad(long userType) -> {
        requirePinPad(token);
        PinGuard.Attempt attempt =
            new PinGuard.Attempt(
                token.identity(library.module()), userType, PIN_PAD, PinGuard.Attempt.UNSEEN, "");
        yield guard.logIn(
            attempt,
            due,
            () -> {
              requireTries(Slots.token(library, token.slot(), due));
              return session.loginAtPinPad(userType, due);
            });
      }
      case LoginSettings.WithPin(SecretSource pin, long userType) ->
          logIn(pin, userType, library, token, due, secret -> session.login(userType, secret, due));
    };
  }

  /** Logs in with a PIN; what the token says is asked for when nobody else tries one. */
  boolean logIn(
      SecretSource pin,
      long userType,
      Initialization library,
      Token token,
      Deadline deadline,
      WithPin login) {
    try {
      PinGuard.Attempt attempt =
          new PinGuard.Attempt(
              token.identity(library.module()),
              userType,
              pin.description(),
              pin.identity(),
              Hints.ofRefusedPin(token));
      return guard.logIn(
          attempt,
          deadline,
          () -> {
            Token before = Slots.token(library, token.slot(), deadline);
            requireTries(before);
            try (SecretBytes secret = pin.read()) {
              if (!pin.identity().equals(attempt.source())) {
                throw new BackendUnavailable(pin.description() + " is just being replaced", null);
              }
              return login.logIn(secret);
            } catch (Pkcs11Exception e) {
              if (e.ofPin() == DeviceException.OfPin.UNTRIED) {
                requireSameCount(before, library, deadline, e);
              }
              throw e;
            }
          });
    } catch (OperatorException e) {
      throw new BackendUnavailable(
          "the PIN of token %s: %s; %s".formatted(token, e.getMessage(), e.hint()), e);
    }
  }

  private static void requireTries(Token token) {
    FORBIDDING.stream()
        .filter(token::has)
        .findFirst()
        .ifPresent(
            flag -> {
              throw new AccessDenied(
                  "token %s says \"%s\": no login is tried; use its own tools"
                      .formatted(token, flag),
                  null);
            });
    if (token.has(Token.Flag.USER_PIN_COUNT_LOW)) {
      LOG.log(
          Level.WARNING,
          "token {0} says \"{1}\": somebody has tried a wrong PIN",
          token,
          Token.Flag.USER_PIN_COUNT_LOW);
    }
  }

  /** A token that has counted a wrong PIN has refused this one, whatever it answered. */
  private static void requireSameCount(
      Token before, Initialization library, Deadline deadline, Pkcs11Exception answer) {
    Token after;
    try {
      after = Slots.token(library, before.slot(), deadline);
    } catch (RuntimeException notToBeAsked) {
      return;
    }
    Optional<Token.Flag> risen =
        COUNTING.stream().filter(flag -> after.has(flag) && !before.has(flag)).findFirst();
    if (risen.isPresent()) {
      throw new PinRefusedException(answer, ", and now it says \"%s\"".formatted(risen.get()));
    }
  }

  private static void requirePinPad(Token token) {
    if (!token.has(Token.Flag.PROTECTED_AUTHENTICATION_PATH)) {
      throw new AccessDenied(
          "token %s has no PIN pad; set login: pin, and pin:".formatted(token), null);
    }
  }
}
