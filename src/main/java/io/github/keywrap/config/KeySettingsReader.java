package io.github.keywrap.config;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.settings.PoolSettings;
import io.github.keywrap.settings.SecretFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads one key below {@code keywrap.keys}. */
final class KeySettingsReader {
  /** A lower-case DNS label (RFC 1123), so that its environment names are unambiguous. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private static final Map<String, Algorithm> ALGORITHMS =
      Stream.of(Algorithm.AES_GCM, Algorithm.SM4_GCM)
          .collect(toMap(Algorithm::label, Function.identity()));
  private static final SecretSettings PASSPHRASE =
      new SecretSettings(
          LocalSetting.PASSPHRASE_FILE,
          LocalSetting.PASSPHRASE_CREDENTIAL,
          LocalSetting.PASSPHRASE_ENVIRONMENT,
          LocalSetting.PASSPHRASE_AS_IS);

  /** A local key only computes: its calls run where they arrive. */
  private static final int LOCAL_THREADS = 0;

  private final SettingReader reader;
  private final SecretSourceReader secrets;
  private final Pkcs11KeySettingsReader pkcs11;
  private final JdCloudKeySettingsReader jdCloud;

  KeySettingsReader(SettingReader reader, Map<String, String> environment, boolean mayComeLater) {
    this.reader = reader;
    this.secrets = new SecretSourceReader(reader, environment, mayComeLater);
    this.pkcs11 = new Pkcs11KeySettingsReader(reader, secrets);
    this.jdCloud =
        new JdCloudKeySettingsReader(
            reader, secrets, new NetworkSettingsReader(reader, secrets, environment));
  }

  KeySettings read(String key) {
    if (!NAME.matcher(key).matches()) {
      reader.problem(
          KeySetting.TYPE,
          key,
          "belongs to a key whose name is not a DNS label",
          "use lower-case letters, digits and hyphens, such as hsm-2026");
    }
    String type = reader.effective(KeySetting.TYPE, key).value();
    refuseOtherTypes(type, key);
    return reader
        .choice(
            KeySetting.TYPE,
            key,
            Map.<String, Function<String, KeySettings>>of(
                Setting.LOCAL, this::local,
                Setting.PKCS11, pkcs11::read,
                Setting.JDCLOUD, jdCloud::read),
            this::unknown)
        .apply(key);
  }

  private void refuseOtherTypes(String type, String key) {
    Set<String> fitting = Catalogue.perKey(type).map(Setting::name).collect(toSet());
    Catalogue.perKey()
        .filter(setting -> !fitting.contains(setting.name()) && reader.isGiven(setting, key))
        .forEach(
            setting ->
                reader.problem(
                    setting,
                    key,
                    "is not for type: " + type,
                    setting.type().isEmpty()
                        ? "a key in a KMS has an algorithm of its own"
                        : "it is for " + setting.type()));
  }

  private LocalKeySettings local(String key) {
    return new LocalKeySettings(
        key,
        reader.path(LocalSetting.KEYSTORE, key),
        secrets.read(PASSPHRASE, key),
        reader.choice(KeySetting.ALGORITHM, key, ALGORITHMS, Algorithm.AES_GCM),
        reader.number(KeySetting.GENERATION, key, 0, 999_999),
        new PoolSettings(
            reader.number(KeySetting.THREADS, key, 0, 1_024, LOCAL_THREADS),
            reader.number(KeySetting.QUEUE, key, 1, 1_000_000)));
  }

  /** Stands in for a key whose type is missing or wrong, which is a problem already. */
  private KeySettings unknown(String key) {
    return new LocalKeySettings(
        key,
        Path.of(""),
        new SecretFile(Path.of("")),
        Algorithm.AES_GCM,
        0,
        new PoolSettings(LOCAL_THREADS, 1));
  }
}
