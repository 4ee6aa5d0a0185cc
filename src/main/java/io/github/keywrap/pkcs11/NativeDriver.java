package io.github.keywrap.pkcs11;

import io.github.keywrap.device.AbsentDeviceException;
import io.github.keywrap.device.Driver;
import io.github.keywrap.device.WorkingKeys;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.settings.LoginSettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.security.SecureRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** keywrap's own driver, over {@code java.lang.foreign}. */
final class NativeDriver implements Driver<SessionConnection> {
  /** For the probe, and for the check of a known ciphertext beside a call. */
  private static final int SPARE_SESSIONS = 2;

  private final Pkcs11KeySettings settings;
  private final CryptokiLibrary module;
  private volatile @Nullable Initialization last;

  /**
   * Loads the library if it is not.
   *
   * @throws io.github.keywrap.domain.OperatorException if it cannot be loaded
   */
  NativeDriver(Pkcs11KeySettings settings) {
    this.settings = settings;
    this.module = CryptokiLibrary.of(settings.token().library());
  }

  @Override
  public SessionConnection connect(Deadline deadline, Steps steps) {
    Initialization library =
        steps.step("library", () -> initialized(deadline), _ -> module.toString());
    Token token = steps.step("token", () -> token(library, deadline), Token::toString);
    SessionShare sessions =
        library.sessions(
            token, settings.token().writes(), settings.pool().threads() + SPARE_SESSIONS);
    try {
      LoginSettings login = settings.token().login();
      boolean _ =
          steps.step(
              "login",
              () -> {
                TokenLogin how = new TokenLogin(login, settings.token().stateDirectory());
                sessions.logIn(deadline, session -> how.logIn(library, session, token, deadline));
                return true;
              },
              _ -> login.toString());
      return connect(sessions, deadline, steps);
    } catch (RuntimeException e) {
      sessions.close();
      throw e;
    }
  }

  private SessionConnection connect(SessionShare sessions, Deadline deadline, Steps steps) {
    KeyFinder finder = new KeyFinder(settings);
    KeyFinder.Found key =
        steps.step(
            "key",
            () -> looking(sessions, deadline, finder::find),
            found -> found.identity() + ", " + found.kind());
    TokenCipher cipher =
        Ciphers.of(
            settings.profile(),
            key.handle(),
            hmac ->
                steps.step(
                    "MAC key",
                    () ->
                        looking(
                            sessions, deadline, objects -> finder.findMacKey(objects, key, hmac)),
                    _ -> "with the same CKA_ID"),
            new SecureRandom());
    return new SessionConnection(sessions, key.identity(), cipher);
  }

  private static <T> T looking(
      SessionShare sessions, Deadline deadline, Function<TokenObjects, T> question) {
    return sessions.with(deadline, session -> question.apply(new TokenObjects(session, deadline)));
  }

  private Initialization initialized(Deadline deadline) {
    last = null;
    Initialization now = module.initialized(deadline);
    last = now;
    return now;
  }

  private Token token(Initialization library, Deadline deadline) {
    return TokenChoice.of(settings.token().name(), Slots.tokens(library, deadline));
  }

  /** Looks at a token and its objects. */
  interface Reader {
    void read(Token token, TokenObjects objects);
  }

  /**
   * Looks at the token as the user that wraps.
   *
   * @throws AbsentDeviceException if the token is not there
   * @throws Pkcs11Exception if the token fails
   */
  void reading(Deadline deadline, Reader reader) {
    boolean _ =
        inSession(
            settings.token().login(),
            settings.token().writes(),
            deadline,
            (token, session) -> {
              reader.read(token, new TokenObjects(session, deadline));
              return true;
            });
  }

  /**
   * Works in a session that can make objects, logged in as whoever makes keys.
   *
   * @throws AbsentDeviceException if the token is not there
   * @throws Pkcs11Exception if the token fails
   */
  <T> T writing(Deadline deadline, Function<Session, T> work) {
    return inSession(
        settings.token().makerLogin(), true, deadline, (_, session) -> work.apply(session));
  }

  private <T> T inSession(
      LoginSettings as, boolean writes, Deadline deadline, BiFunction<Token, Session, T> work) {
    Initialization library = initialized(deadline);
    Token token = token(library, deadline);
    TokenLogin login = new TokenLogin(as, settings.token().stateDirectory());
    try (Session session = Session.open(library, token, writes, deadline)) {
      boolean _ = login.logIn(library, session, token, deadline);
      return work.apply(token, session);
    }
  }

  @Override
  public WorkingKeys working() {
    return module.working();
  }

  @Override
  public boolean canReinitialize() {
    return !module.isHeld();
  }

  @Override
  public void reinitialize() {
    module.reinitialize(last);
  }

  @Override
  public void close() {
    module.close();
  }
}
