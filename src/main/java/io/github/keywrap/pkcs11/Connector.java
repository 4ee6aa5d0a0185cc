package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.TokenName;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Collectors;

/** Makes the way from a library to a key: initialize, find the token, log in, find the key. */
final class Connector {
  private final Pkcs11KeySettings settings;
  private final Module module;
  private final PinGuard pinGuard;
  private final KeyFinder finder;

  Connector(Pkcs11KeySettings settings, Module module) {
    this.settings = settings;
    this.module = module;
    this.pinGuard = new PinGuard(settings);
    this.finder = new KeyFinder(settings);
  }

  /**
   * Connects; the round trip is the caller's to prove.
   *
   * @throws KmsException if the token or key is not there or the PIN is refused
   * @throws Pkcs11Exception if the token fails
   */
  Connection connect(Deadline deadline, Steps steps) {
    steps.step(
        "library",
        () -> {
          module.initialize();
          return module;
        },
        Module::toString);
    Token token = steps.step("token", () -> token(deadline), Token::toString);
    Session session = Session.open(module, token, deadline);
    try {
      steps.step(
          "login",
          () -> {
            pinGuard.login(session, token, deadline);
            return settings.pin();
          },
          pin -> "with the PIN in " + pin.description());
      KeyFinder.Found key =
          steps.step("key", () -> finder.find(session, deadline), KeyFinder.Found::identity);
      SessionPool sessions =
          new SessionPool(
              settings.pool().threads() + SPARE_SESSIONS, due -> Session.open(module, token, due));
      return new Connection(session, sessions, key, mechanism());
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** For the probe, and for the check of a known ciphertext beside a call. */
  private static final int SPARE_SESSIONS = 2;

  private GcmMechanism mechanism() {
    return new GcmMechanism(
        settings.gcmIv(), settings.gcmIvLength(), settings.gcmParameters(), new SecureRandom());
  }

  /** The one token of that name. */
  Token token(Deadline deadline) {
    List<Token> present = module.tokens(deadline);
    List<Token> fitting = present.stream().filter(this::fits).toList();
    if (fitting.size() == 1) {
      return fitting.getFirst();
    }
    String there =
        present.isEmpty()
            ? "no token"
            : present.stream().map(Token::toString).collect(Collectors.joining(", "));
    throw new BackendUnavailable(
        "%s tokens %s are present; there is: %s"
            .formatted(fitting.isEmpty() ? "no" : fitting.size(), settings.token(), there),
        null);
  }

  private boolean fits(Token token) {
    return switch (settings.token()) {
      case TokenName.Label(String label) -> token.label().equals(label);
      case TokenName.Serial(String serial) -> token.serial().equals(serial);
    };
  }

  /** Translates what a token answered on the way; {@code KmsException}s are translated already. */
  static KmsException translate(RuntimeException failure) {
    return switch (failure) {
      case KmsException known -> known;
      case Pkcs11Exception e -> new BackendUnavailable("the token fails: " + e.getMessage(), e);
      case GcmMechanism.UnusableOutput e ->
          new BackendUnavailable("the token does not work: " + e.getMessage(), e);
      default -> new BackendUnavailable("a defect in keywrap: %s".formatted(failure), failure);
    };
  }
}
