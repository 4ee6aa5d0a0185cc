package io.github.keywrap.local;

import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.software.SoftwareKeyWrapper;
import java.security.SecureRandom;

/** Opens and makes the keys of {@code type: local}. */
public final class LocalKeys {
  private static final String TYPE = "local";

  private LocalKeys() {}

  private static LocalKeystore keystore(LocalKeySettings settings) {
    return new LocalKeystore(settings.keystore(), settings.name());
  }

  /**
   * Opens the keystore and binds its key to a wrapper.
   *
   * @throws OperatorException if the keystore does not open, or its key is for another algorithm
   * @throws OperatorException if the passphrase cannot be had
   */
  public static KeyWrapper open(LocalKeySettings settings) {
    try (SecretBytes passphrase = settings.passphrase().read();
        LocalKey key = keystore(settings).read(passphrase)) {
      if (key.algorithm() != settings.algorithm()) {
        throw new OperatorException(
            "keystore %s holds a key for %s, and the settings say %s"
                .formatted(settings.keystore(), key.algorithm(), settings.algorithm()),
            "set algorithm: " + key.algorithm());
      }
      return new SoftwareKeyWrapper(
          KeyId.of(TYPE, key.id()).withGeneration(settings.generation()),
          key.algorithm(),
          key.secret(),
          new SecureRandom());
    }
  }

  /**
   * Makes a new random key in a new keystore.
   *
   * @return the random id of the key
   * @throws OperatorException if the keystore exists or cannot be written
   * @throws OperatorException if the passphrase cannot be had
   */
  public static String generate(LocalKeySettings settings) {
    try (SecretBytes passphrase = settings.passphrase().read();
        LocalKey key = LocalKey.generate(settings.algorithm(), new SecureRandom())) {
      keystore(settings).create(key, passphrase);
      return key.id();
    }
  }
}
