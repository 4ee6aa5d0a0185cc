package io.github.keywrap.config;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.settings.KeyAttributes;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.PoolSettings;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import io.github.keywrap.settings.TokenName;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a key of {@code type: pkcs11}. */
final class Pkcs11KeySettingsReader {
  /** A call waits for the token: it needs a thread. */
  private static final int THREADS = 8;

  private final SettingReader reader;
  private final TokenSettingsReader tokens;
  private final KeyAttributesReader attributes;
  private final TokenProfileReader profiles;

  Pkcs11KeySettingsReader(SettingReader reader, SecretSourceReader secrets) {
    this.reader = reader;
    this.tokens = new TokenSettingsReader(reader, secrets);
    this.attributes = new KeyAttributesReader(reader);
    this.profiles = new TokenProfileReader(reader);
  }

  KeySettings read(String key) {
    return reader
        .choice(
            Pkcs11Setting.DRIVER,
            key,
            Map.<String, Function<String, KeySettings>>of(
                "native", this::nativeDriver, "sunpkcs11", this::sunPkcs11),
            this::nativeDriver)
        .apply(key);
  }

  private Pkcs11KeySettings nativeDriver(String key) {
    refuse(Pkcs11Setting.notForNative(), key, "native");
    return new Pkcs11KeySettings(
        key,
        tokens.read(key),
        attributes.read(key),
        profiles.read(key),
        reader.flag(Pkcs11Setting.ALLOW_WEAK, key),
        generation(key),
        pool(key));
  }

  private SunPkcs11KeySettings sunPkcs11(String key) {
    refuse(Pkcs11Setting.notForSunPkcs11(), key, "sunpkcs11");
    Algorithm _ =
        reader.choice(
            KeySetting.ALGORITHM,
            key,
            Map.of(Algorithm.AES_GCM.label(), Algorithm.AES_GCM),
            Algorithm.AES_GCM);
    KeyAttributes unseen = attributes.readUnseen(key);
    return new SunPkcs11KeySettings(
        key,
        tokens.library(key),
        token(key),
        slotListIndex(key),
        tokens.pin(key),
        tokens.stateDirectory(),
        unseen.label(),
        unseen.identity(),
        checkValue(key),
        generation(key),
        pool(key));
  }

  private @Nullable TokenName token(String key) {
    Optional<TokenName> name = tokens.name(key);
    if (name.isEmpty() && !hasIndex(key)) {
      reader.problem(
          Pkcs11Setting.TOKEN,
          key,
          "is missing, and slot-list-index too",
          "say which token: its label, serial:NUMBER or slot-list-index");
    } else if (name.isEmpty()) {
      reader.warning(
          Pkcs11Setting.SLOT_LIST_INDEX,
          key,
          "is all that names the token: the PIN goes to whichever is at that place",
          "set token: to its label, or to serial:NUMBER");
    }
    return name.orElse(null);
  }

  private @Nullable Integer slotListIndex(String key) {
    return hasIndex(key) ? reader.number(Pkcs11Setting.SLOT_LIST_INDEX, key, 0, 1_000_000) : null;
  }

  private boolean hasIndex(String key) {
    return !reader.text(Pkcs11Setting.SLOT_LIST_INDEX, key).isEmpty();
  }

  private byte[] checkValue(String key) {
    return reader
        .parse(
            Pkcs11Setting.CHECK_VALUE,
            key,
            text -> Optional.of(Base64.getDecoder().decode(text)),
            "base64, as \"keywrap check\" prints it")
        .orElse(new byte[0]);
  }

  /** The default is none of anybody's wishes: "config show" prints it. */
  private void refuse(Stream<Setting> settings, String key, String driver) {
    settings
        .filter(setting -> !reader.effective(setting, key).value().equals(setting.defaultValue()))
        .forEach(setting -> reader.problem(setting, key, "is not for driver: " + driver, ""));
  }

  private int generation(String key) {
    return reader.number(KeySetting.GENERATION, key, 0, 999_999);
  }

  private PoolSettings pool(String key) {
    return new PoolSettings(
        reader.number(KeySetting.THREADS, key, 1, 1_024, THREADS),
        reader.number(KeySetting.QUEUE, key, 1, 1_000_000));
  }
}
