package io.github.keywrap.config;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.settings.KeyAttributes;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import io.github.keywrap.settings.TokenName;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a key of {@code type: pkcs11}. */
final class Pkcs11KeySettingsReader implements KeyType.Reading {
  /** A call waits for the token: it needs a thread. */
  private static final int THREADS = 8;

  private final SettingReader reader;
  private final TokenSettingsReader tokens;
  private final KeyAttributesReader attributes;
  private final TokenProfileReader profiles;

  Pkcs11KeySettingsReader(KeySource source) {
    this.reader = source.reader();
    this.tokens = new TokenSettingsReader(reader, source.secrets());
    this.attributes = new KeyAttributesReader(reader);
    this.profiles = new TokenProfileReader(reader);
  }

  @Override
  public KeySettings read() {
    return reader
        .choice(
            Pkcs11Setting.DRIVER,
            Map.<String, Supplier<KeySettings>>of(
                "native", this::nativeDriver, "sunpkcs11", this::sunPkcs11),
            this::nativeDriver)
        .get();
  }

  private Pkcs11KeySettings nativeDriver() {
    refuse(Pkcs11Setting.notForNative(), "native");
    return new Pkcs11KeySettings(
        reader.key(),
        tokens.read(),
        attributes.read(),
        profiles.read(),
        reader.flag(Pkcs11Setting.ALLOW_WEAK),
        KeySetting.generation(reader),
        KeySetting.pool(reader, 1, THREADS));
  }

  private SunPkcs11KeySettings sunPkcs11() {
    refuse(Pkcs11Setting.notForSunPkcs11(), "sunpkcs11");
    Algorithm _ =
        reader.choice(
            KeySetting.ALGORITHM,
            Map.of(Algorithm.AES_GCM.label(), Algorithm.AES_GCM),
            Algorithm.AES_GCM);
    KeyAttributes unseen = attributes.readUnseen();
    return new SunPkcs11KeySettings(
        reader.key(),
        tokens.library(),
        token(),
        slotListIndex(),
        tokens.pin(),
        tokens.stateDirectory(),
        unseen.label(),
        unseen.identity(),
        checkValue(),
        KeySetting.generation(reader),
        KeySetting.pool(reader, 1, THREADS));
  }

  private @Nullable TokenName token() {
    Optional<TokenName> name = tokens.name();
    if (name.isEmpty() && !hasIndex()) {
      reader.problem(
          Pkcs11Setting.TOKEN,
          "is missing, and slot-list-index too",
          "say which token: its label, serial:NUMBER or slot-list-index");
    } else if (name.isEmpty()) {
      reader.warning(
          Pkcs11Setting.SLOT_LIST_INDEX,
          "is all that names the token: the PIN goes to whichever is at that place",
          "set token: to its label, or to serial:NUMBER");
    }
    return name.orElse(null);
  }

  private @Nullable Integer slotListIndex() {
    return hasIndex() ? reader.number(Pkcs11Setting.SLOT_LIST_INDEX, 0, 1_000_000) : null;
  }

  private boolean hasIndex() {
    return !reader.text(Pkcs11Setting.SLOT_LIST_INDEX).isEmpty();
  }

  private byte[] checkValue() {
    return reader
        .parse(
            Pkcs11Setting.CHECK_VALUE,
            text -> Optional.of(Base64.getDecoder().decode(text)),
            "base64, as \"keywrap check\" prints it")
        .orElse(new byte[0]);
  }

  /** The default is none of anybody's wishes: "config show" prints it. */
  private void refuse(Stream<Setting> settings, String driver) {
    settings
        .filter(setting -> !reader.effective(setting).value().equals(setting.defaultValue()))
        .forEach(setting -> reader.problem(setting, "is not for driver: " + driver, ""));
  }
}
