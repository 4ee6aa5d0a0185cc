package io.github.keywrap.app;

import io.github.keywrap.local.LocalKeys;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LocalKeySettings;

/** Makes a new key where the settings say that it is. Never replaces one. */
public final class KeyGeneration {
  private KeyGeneration() {}

  /**
   * Makes the key.
   *
   * @return what was made, for people
   * @throws io.github.keywrap.domain.OperatorException if there is one already or it cannot be
   *     made, or a secret cannot be had
   */
  public static String generate(KeySettings key) {
    return switch (key) {
      case LocalKeySettings local ->
          "%s key local:%s in %s"
              .formatted(local.algorithm(), LocalKeys.generate(local), local.keystore());
    };
  }
}
