package io.github.keywrap.settings;

import io.github.keywrap.domain.Algorithm;
import java.util.List;

/**
 * A key on a token behind PKCS#11 ({@code type: pkcs11}), over keywrap's own driver.
 *
 * @param token where it is
 * @param key which one
 * @param profile what it is used with
 * @param allowWeakKey whether a key may be used that the token could let go
 */
public record Pkcs11KeySettings(
    String name,
    TokenSettings token,
    KeyAttributes key,
    TokenProfile profile,
    boolean allowWeakKey,
    int generation,
    PoolSettings pool)
    implements KeySettings {
  public Algorithm algorithm() {
    return profile.algorithm();
  }

  @Override
  public List<SecretSource> secrets() {
    return switch (token.login()) {
      case LoginSettings.WithPin withPin -> List.of(withPin.pin());
      case LoginSettings.AtPinPad _, LoginSettings.None _ -> List.of();
    };
  }
}
