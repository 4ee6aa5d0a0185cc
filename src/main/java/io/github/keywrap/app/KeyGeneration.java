package io.github.keywrap.app;

import io.github.keywrap.local.LocalKeys;
import io.github.keywrap.pkcs11.Pkcs11Keys;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;

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
          """
          made %s key local:%s in %s
          Back it up with its passphrase: without both, what it wraps is lost."""
              .formatted(local.algorithm(), LocalKeys.generate(local), local.keystore());
      case Pkcs11KeySettings pkcs11 ->
          """
          made %s key on token %s; in the settings of this key, write

              key-id: %s

          Back up the token as its vendor says: without the key, what it wraps is lost."""
              .formatted(pkcs11.algorithm(), pkcs11.token(), Pkcs11Keys.generate(pkcs11));
    };
  }
}
