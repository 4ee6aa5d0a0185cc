package io.github.keywrap.local;

import io.github.keywrap.domain.BackEnd;
import io.github.keywrap.domain.CiphertextForm;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.software.SoftwareKeyWrapper;
import java.security.SecureRandom;

/** A key of {@code type: local}, in a keystore file under a passphrase. */
public final class LocalBackEnd implements BackEnd {
  private static final String TYPE = "local";

  private final LocalKeySettings settings;
  private final LocalKeystore keystore;

  public LocalBackEnd(LocalKeySettings settings) {
    this.settings = settings;
    this.keystore = new LocalKeystore(settings.keystore(), settings.name());
  }

  /**
   * {@inheritDoc}
   *
   * @throws OperatorException if the passphrase cannot be read, the keystore does not open, or its
   *     key is for another algorithm
   */
  @Override
  public KeyWrapper open() {
    try (SecretBytes passphrase = settings.passphrase().read();
        LocalKey key = keystore.read(passphrase)) {
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

  @Override
  public CiphertextForm form() {
    return new CiphertextForm.Enveloped();
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  /** Makes a new random key in a new keystore. */
  @Override
  public String generate() {
    try (SecretBytes passphrase = settings.passphrase().read();
        LocalKey key = LocalKey.generate(settings.algorithm(), new SecureRandom())) {
      keystore.create(key, passphrase);
      return """
      made %s key local:%s in %s
      Back it up with its passphrase: without both, what it wraps is lost."""
          .formatted(settings.algorithm(), key.id(), settings.keystore());
    }
  }
}
