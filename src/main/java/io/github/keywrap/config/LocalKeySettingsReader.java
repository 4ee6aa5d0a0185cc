package io.github.keywrap.config;

import static java.util.stream.Collectors.toMap;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LocalKeySettings;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads a key of {@code type: local}. */
final class LocalKeySettingsReader implements KeyType.Reading {
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
  private static final int THREADS = 0;

  private final SettingReader reader;
  private final SecretSourceReader secrets;

  LocalKeySettingsReader(KeySource source) {
    this.reader = source.reader();
    this.secrets = source.secrets();
  }

  @Override
  public KeySettings read() {
    return new LocalKeySettings(
        reader.key(),
        reader.path(LocalSetting.KEYSTORE),
        secrets.read(PASSPHRASE),
        reader.choice(KeySetting.ALGORITHM, ALGORITHMS, Algorithm.AES_GCM),
        KeySetting.generation(reader),
        KeySetting.pool(reader, 0, THREADS));
  }
}
