package io.github.keywrap.config;

import io.github.keywrap.settings.LibrarySettings;
import io.github.keywrap.settings.LoginSettings;
import io.github.keywrap.settings.SecretSource;
import io.github.keywrap.settings.TokenName;
import io.github.keywrap.settings.TokenSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads which token, and how to log in. */
final class TokenSettingsReader {
  private static final String SERIAL = "serial:";

  /** {@code CKU_USER} (PKCS #11 3.1, section 3.4). */
  private static final long CKU_USER = 1;

  private static final SecretSettings PIN =
      new SecretSettings(
          Pkcs11Setting.PIN_FILE,
          Pkcs11Setting.PIN_CREDENTIAL,
          Pkcs11Setting.PIN_ENVIRONMENT,
          Pkcs11Setting.PIN_AS_IS);

  private static final SecretSettings KEYGEN_PIN =
      new SecretSettings(
          Pkcs11Setting.KEYGEN_PIN_FILE,
          Pkcs11Setting.KEYGEN_PIN_CREDENTIAL,
          Pkcs11Setting.KEYGEN_PIN_ENVIRONMENT,
          Pkcs11Setting.KEYGEN_PIN_AS_IS);

  private final SettingReader reader;
  private final SecretSourceReader secrets;

  TokenSettingsReader(SettingReader reader, SecretSourceReader secrets) {
    this.reader = reader;
    this.secrets = secrets;
  }

  TokenSettings read() {
    LoginSettings login = login();
    return new TokenSettings(
        library(),
        name().orElseGet(() -> missingName()),
        login,
        makerLogin(login),
        reader.choice(Pkcs11Setting.SESSION, Map.of("read-only", false, "read-write", true), false),
        stateDirectory());
  }

  LibrarySettings library() {
    return new LibrarySettings(
        reader.path(Pkcs11Setting.LIBRARY), reader.text(Pkcs11Setting.LIBRARY_PARAMETERS));
  }

  /** The token by name, if it is given. */
  Optional<TokenName> name() {
    return Optional.of(reader.text(Pkcs11Setting.TOKEN))
        .filter(text -> !text.isEmpty())
        .map(
            text ->
                text.startsWith(SERIAL)
                    ? new TokenName.Serial(text.substring(SERIAL.length()))
                    : new TokenName.Label(text));
  }

  private TokenName missingName() {
    reader.problem(Pkcs11Setting.TOKEN, "is missing", Pkcs11Setting.TOKEN.meaning());
    return new TokenName.Label("");
  }

  SecretSource pin() {
    return secrets.read(PIN);
  }

  Path stateDirectory() {
    return reader.path(ServerSetting.STATE_DIRECTORY);
  }

  private LoginSettings login() {
    return reader
        .choice(
            Pkcs11Setting.LOGIN,
            Map.<String, Supplier<LoginSettings>>of(
                "pin", this::withPin, "pin-pad", this::atPinPad, "none", this::withoutLogin),
            this::withPin)
        .get();
  }

  private LoginSettings withPin() {
    return new LoginSettings.WithPin(pin(), userType());
  }

  private LoginSettings atPinPad() {
    refuse(PIN.places(), "has no use with login: pin-pad");
    refuse(KEYGEN_PIN.places(), "has no use with login: pin-pad");
    return new LoginSettings.AtPinPad(userType());
  }

  private LoginSettings withoutLogin() {
    refuse(PIN.places(), "has no use with login: none");
    return new LoginSettings.None();
  }

  private void refuse(List<Setting> settings, String why) {
    settings.stream()
        .filter(setting -> reader.isGiven(setting))
        .forEach(setting -> reader.problem(setting, why, "remove it"));
  }

  /** Whoever makes keys has a PIN of their own, if they are somebody else. */
  private LoginSettings makerLogin(LoginSettings login) {
    Optional<SecretSource> pin = secrets.readOptionalUnseen(KEYGEN_PIN);
    boolean isOther = !reader.text(Pkcs11Setting.KEYGEN_USER_TYPE).isEmpty();
    if (pin.isEmpty() && !isOther) {
      return login;
    }
    long userType = isOther ? userType(Pkcs11Setting.KEYGEN_USER_TYPE) : userType();
    return switch (login) {
      case LoginSettings.WithPin(SecretSource own, _) ->
          new LoginSettings.WithPin(pin.orElse(own), userType);
      case LoginSettings.AtPinPad _ -> new LoginSettings.AtPinPad(userType);
      case LoginSettings.None none ->
          pin.<LoginSettings>map(given -> new LoginSettings.WithPin(given, userType)).orElse(none);
    };
  }

  private long userType() {
    return userType(Pkcs11Setting.USER_TYPE);
  }

  private long userType(Setting setting) {
    return reader
        .parse(
            setting,
            text -> Optional.of(text.equals("user") ? CKU_USER : Long.decode(text)),
            "user or a number such as 0x80000001")
        .orElse(CKU_USER);
  }
}
