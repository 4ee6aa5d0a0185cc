package io.github.keywrap.settings;

import io.github.keywrap.domain.Algorithm;
import java.nio.file.Path;

/** A key in a local keystore file ({@code type: local}). */
public record LocalKeySettings(
    String name,
    Path keystore,
    SecretSource passphrase,
    Algorithm algorithm,
    int generation,
    PoolSettings pool)
    implements KeySettings {}
