package io.github.keywrap.pkcs11;

import io.github.keywrap.device.AbsentDeviceException;
import io.github.keywrap.device.Driver;
import io.github.keywrap.device.WorkingKeys;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.settings.LoginSettings;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import io.github.keywrap.settings.TokenName;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Objects;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's own provider of PKCS#11. A provider whose sessions are lost stays broken: each
 * connection has a new one. Which token it gets, and whether that may be logged in to, is seen
 * through keywrap's own driver first: the provider gives the PIN to whatever is in the slot, and
 * where nothing is, it leaves threads behind. The library is never initialized again: providers
 * that are not in use any more go on closing sessions of theirs.
 */
final class SunPkcs11Driver implements Driver<ProviderConnection> {
  private static final String PROVIDER = "SunPKCS11";

  /** {@code CKU_USER}, the only one that the provider logs in as. */
  private static final long CKU_USER = 1;

  private final SunPkcs11KeySettings settings;
  private final CryptokiLibrary module;
  private final TokenLogin login;
  private final Provider unconfigured;

  /**
   * Finds the provider, and loads the library if it is not.
   *
   * @throws OperatorException if this runtime has none, or the library cannot be loaded
   */
  SunPkcs11Driver(SunPkcs11KeySettings settings) {
    this.settings = settings;
    this.login =
        new TokenLogin(
            new LoginSettings.WithPin(settings.pin(), CKU_USER), settings.stateDirectory());
    Provider provider = Security.getProvider(PROVIDER);
    if (provider == null) {
      throw new OperatorException(
          "this runtime has no provider SunPKCS11, which driver: sunpkcs11 needs",
          "run keywrap on a JDK (a native executable has none), or set driver: native");
    }
    this.unconfigured = provider;
    this.module = CryptokiLibrary.of(settings.library());
    module.hold();
  }

  @Override
  public ProviderConnection connect(Deadline deadline, Steps steps) {
    Initialization library =
        steps.step("library", () -> module.initialized(deadline), _ -> module.toString());
    Token token = steps.step("token", () -> token(library, deadline), Token::toString);
    Provider provider = provider(token);
    ProviderKeys keys =
        steps.step(
            "login",
            () -> logIn(provider, library, token, deadline),
            _ -> "with the PIN in " + settings.pin().description());
    SecretKey key =
        steps.step(
            "key",
            () -> keys.find(settings.keyLabel()),
            _ -> "label \"" + settings.keyLabel() + "\"");
    ProviderConnection connection = new ProviderConnection(provider, key, settings.identity());
    CheckValue checkValue = new CheckValue(settings);
    String _ =
        steps.step("check value", () -> checkValue.prove(connection, deadline), result -> result);
    return connection;
  }

  /**
   * The token that the settings mean.
   *
   * @throws AbsentDeviceException if it is not there
   * @throws KeyUnavailable if another one is in its place
   */
  private Token token(Initialization library, Deadline deadline) {
    List<Token> present = Slots.tokens(library, deadline);
    TokenName name = settings.token();
    Integer index = settings.slotListIndex();
    if (index == null && name != null) {
      return TokenChoice.of(name, present);
    }
    List<Long> slots = Slots.all(library, deadline);
    Token there =
        present.stream()
            .filter(token -> index != null && slots.indexOf(token.slot()) == index)
            .findFirst()
            .orElseThrow(
                () ->
                    new AbsentDeviceException(
                        "no token is at slot-list-index %d; the library has %d slots"
                            .formatted(index, slots.size())));
    if (name != null && !TokenChoice.isOf(name, there)) {
      throw new KeyUnavailable(
          ("the token at slot-list-index %d is %s, and not %s: no login is tried; leave"
                  + " slot-list-index out, or correct it")
              .formatted(index, there, name),
          null);
    }
    return there;
  }

  private Provider provider(Token token) {
    String configuration =
        """
        --name = keywrap
        library = "%s"
        slot = %d
        showInfo = false
        """
            .formatted(module.file(), token.slot());
    try {
      return unconfigured.configure(configuration);
    } catch (RuntimeException e) {
      throw ProviderFailure.translate(CryptokiFunction.C_Initialize, e);
    }
  }

  private ProviderKeys logIn(
      Provider provider, Initialization library, Token token, Deadline deadline) {
    @Nullable ProviderKeys[] loaded = new ProviderKeys[1];
    boolean _ =
        login.logIn(
            settings.pin(),
            CKU_USER,
            library,
            token,
            deadline,
            pin -> {
              loaded[0] = ProviderKeys.load(provider, pin);
              return true;
            });
    return Objects.requireNonNull(loaded[0]);
  }

  @Override
  public WorkingKeys working() {
    return module.working();
  }

  @Override
  public boolean canReinitialize() {
    return false;
  }

  @Override
  public void reinitialize() {
    throw new IllegalStateException("this driver cannot initialize a library again");
  }

  @Override
  public void close() {
    module.close();
  }
}
