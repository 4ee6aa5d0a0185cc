package io.github.keywrap.settings;

import io.github.keywrap.domain.Algorithm;
import java.nio.file.Path;
import java.util.List;

/** A key in a local keystore file ({@code type: local}). */
public record LocalKeySettings(
    String name,
    Path keystore,
    SecretSource passphrase,
    Algorithm algorithm,
    int generation,
    PoolSettings pool)
    implements KeySettings {
  @Override
  public List<SecretSource> secrets() {
    return List.of(passphrase);
  }
}
