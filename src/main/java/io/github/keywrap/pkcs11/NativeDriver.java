package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.TokenName;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Collectors;

/** keywrap's own driver, over {@code java.lang.foreign}. */
final class NativeDriver implements Driver<SessionConnection> {
  /** For the probe, and for the check of a known ciphertext beside a call. */
  private static final int SPARE_SESSIONS = 2;

  private static final int MOST_LISTED = 10;

  private final Pkcs11KeySettings settings;
  private final Module module;
  private final TokenLogin login;

  /**
   * Loads the library if it is not.
   *
   * @throws io.github.keywrap.domain.OperatorException if it cannot be loaded
   */
  NativeDriver(Pkcs11KeySettings settings) {
    this.settings = settings;
    this.login = new TokenLogin(settings.token());
    this.module = Module.of(settings.token().library());
  }

  @Override
  public SessionConnection connect(Deadline deadline, Steps steps) {
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
            login.logIn(session, token, deadline);
            return settings.token().pin();
          },
          pin -> "with the PIN in " + pin.description());
      TokenObjects objects = new TokenObjects(session, deadline);
      KeyFinder finder = new KeyFinder(settings);
      KeyFinder.Found key =
          steps.step("key", () -> finder.find(objects), KeyFinder.Found::identity);
      TokenCipher cipher = cipher(finder, objects, key, steps);
      SessionPool sessions =
          new SessionPool(
              settings.pool().threads() + SPARE_SESSIONS, due -> Session.open(module, token, due));
      return new SessionConnection(session, sessions, key.identity(), cipher);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private TokenCipher cipher(
      KeyFinder finder, TokenObjects objects, KeyFinder.Found key, Steps steps) {
    return Ciphers.of(
        settings.profile(),
        key.handle(),
        hmac ->
            steps.step(
                "MAC key",
                () -> finder.findMacKey(objects, key, hmac),
                _ -> "with the same CKA_ID"),
        new SecureRandom());
  }

  /**
   * The one token of the settings' name.
   *
   * @throws BackendUnavailable if there is none, or more than one
   */
  Token token(Deadline deadline) {
    List<Token> present = Slots.tokens(module, deadline);
    List<Token> fitting = present.stream().filter(this::fits).toList();
    if (fitting.size() == 1) {
      return fitting.getFirst();
    }
    String listed =
        present.stream().limit(MOST_LISTED).map(Token::toString).collect(Collectors.joining(", "));
    int more = present.size() - MOST_LISTED;
    String there =
        present.isEmpty() ? "no token" : listed + (more > 0 ? ", and " + more + " more" : "");
    throw new BackendUnavailable(
        "%s tokens %s are present; there is: %s"
            .formatted(fitting.isEmpty() ? "no" : fitting.size(), settings.token().name(), there),
        null);
  }

  private boolean fits(Token token) {
    return switch (settings.token().name()) {
      case TokenName.Label(String label) -> token.label().equals(label);
      case TokenName.Serial(String serial) -> token.serial().equals(serial);
    };
  }

  /** Opens a session that can make objects, and logs in; the caller's to close. */
  Session openForWriting(Token token, Deadline deadline) {
    Session session = Session.openForWriting(module, token, deadline);
    try {
      login.logIn(session, token, deadline);
      return session;
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** The library, initialized. */
  Module module() {
    module.initialize();
    return module;
  }

  @Override
  public void connected(boolean works) {
    module.connected(works);
  }

  @Override
  public boolean canReinitialize() {
    return true;
  }

  @Override
  public boolean isInUse() {
    return module.isInUse();
  }

  @Override
  public void reinitialize() {
    module.reinitialize(module.epoch());
  }

  @Override
  public void close() {
    module.close();
  }
}
