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
import java.util.function.Function;

/** Reads which token, and how to log in. */
final class TokenSettingsReader {
  private static final String COMMON = "";
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

  TokenSettings read(String key) {
    LoginSettings login = login(key);
    return new TokenSettings(
        library(key),
        name(key).orElseGet(() -> missingName(key)),
        login,
        makerLogin(login, key),
        reader.choice(
            Pkcs11Setting.SESSION, key, Map.of("read-only", false, "read-write", true), false),
        stateDirectory());
  }

  LibrarySettings library(String key) {
    return new LibrarySettings(
        reader.path(Pkcs11Setting.LIBRARY, key),
        reader.text(Pkcs11Setting.LIBRARY_PARAMETERS, key));
  }

  /** The token by name, if it is given. */
  Optional<TokenName> name(String key) {
    return Optional.of(reader.text(Pkcs11Setting.TOKEN, key))
        .filter(text -> !text.isEmpty())
        .map(
            text ->
                text.startsWith(SERIAL)
                    ? new TokenName.Serial(text.substring(SERIAL.length()))
                    : new TokenName.Label(text));
  }

  private TokenName missingName(String key) {
    reader.problem(Pkcs11Setting.TOKEN, key, "is missing", Pkcs11Setting.TOKEN.meaning());
    return new TokenName.Label("");
  }

  SecretSource pin(String key) {
    return secrets.read(PIN, key);
  }

  Path stateDirectory() {
    return reader.path(ServerSetting.STATE_DIRECTORY, COMMON);
  }

  private LoginSettings login(String key) {
    return reader
        .choice(
            Pkcs11Setting.LOGIN,
            key,
            Map.<String, Function<String, LoginSettings>>of(
                "pin", name -> new LoginSettings.WithPin(pin(name), userType(name)),
                "pin-pad", this::atPinPad,
                "none", this::withoutLogin),
            name -> new LoginSettings.WithPin(pin(name), userType(name)))
        .apply(key);
  }

  private LoginSettings atPinPad(String key) {
    refuse(PIN.places(), key, "has no use with login: pin-pad");
    refuse(KEYGEN_PIN.places(), key, "has no use with login: pin-pad");
    return new LoginSettings.AtPinPad(userType(key));
  }

  private LoginSettings withoutLogin(String key) {
    refuse(PIN.places(), key, "has no use with login: none");
    return new LoginSettings.None();
  }

  private void refuse(List<Setting> settings, String key, String why) {
    settings.stream()
        .filter(setting -> reader.isGiven(setting, key))
        .forEach(setting -> reader.problem(setting, key, why, "remove it"));
  }

  /** Whoever makes keys has a PIN of their own, if they are somebody else. */
  private LoginSettings makerLogin(LoginSettings login, String key) {
    Optional<SecretSource> pin = secrets.readOptionalUnseen(KEYGEN_PIN, key);
    boolean isOther = !reader.text(Pkcs11Setting.KEYGEN_USER_TYPE, key).isEmpty();
    if (pin.isEmpty() && !isOther) {
      return login;
    }
    long userType = isOther ? userType(Pkcs11Setting.KEYGEN_USER_TYPE, key) : userType(key);
    return switch (login) {
      case LoginSettings.WithPin(SecretSource own, _) ->
          new LoginSettings.WithPin(pin.orElse(own), userType);
      case LoginSettings.AtPinPad _ -> new LoginSettings.AtPinPad(userType);
      case LoginSettings.None none ->
          pin.<LoginSettings>map(given -> new LoginSettings.WithPin(given, userType)).orElse(none);
    };
  }

  private long userType(String key) {
    return userType(Pkcs11Setting.USER_TYPE, key);
  }

  private long userType(Setting setting, String key) {
    return reader
        .parse(
            setting,
            key,
            text -> Optional.of(text.equals("user") ? CKU_USER : Long.decode(text)),
            "user or a number such as 0x80000001")
        .orElse(CKU_USER);
  }
}
