package io.github.keywrap.app;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.local.LocalKeys;
import io.github.keywrap.pkcs11.MadeKey;
import io.github.keywrap.pkcs11.Pkcs11Keys;
import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import java.nio.file.Path;

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
      case Pkcs11KeySettings pkcs11 -> describe(pkcs11, Pkcs11Keys.generate(pkcs11));
      case SunPkcs11KeySettings _ ->
          throw new OperatorException(
              "driver: sunpkcs11 cannot make a key with a CKA_ID",
              "make it with settings for driver: native, or with the vendor's tools");
      case JdCloudKeySettings _ ->
          throw new OperatorException(
              "keys of JD Cloud KMS are made there", "make it in its console; see docs/jdcloud.md");
    };
  }

  /**
   * Loads a backup of a sealed key.
   *
   * @return what was loaded, for people
   * @throws OperatorException if there is one already, it cannot be stored, or the key is of
   *     another kind
   */
  public static String restore(KeySettings key, Path backup) {
    return switch (key) {
      case Pkcs11KeySettings pkcs11 -> describe(pkcs11, Pkcs11Keys.restore(pkcs11, backup));
      case LocalKeySettings _, SunPkcs11KeySettings _, JdCloudKeySettings _ ->
          throw new OperatorException(
              "only keys with algorithm: sm4-sealed can be restored by keywrap",
              "restore any other by putting back its file, or with its vendor's means");
    };
  }

  private static String describe(Pkcs11KeySettings settings, MadeKey made) {
    String key =
        """
        the %s key is on token %s; in the settings of this key, write

            key-id: %s
        """
            .formatted(settings.algorithm(), settings.token().name(), made.keyId());
    String backup =
        "\nBack up the token as its vendor says: without the key, what it wraps is lost.";
    return made.sealedKey().isEmpty()
        ? key + backup
        : key
            + "\n"
            + made.sealedKey()
            + backup
            + "\nKeep the sealed key above, too. It is no secret"
            + " without the token; \"keygen --restore FILE\" loads it.";
  }
}
