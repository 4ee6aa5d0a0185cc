package io.github.keywrap.pkcs11;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.util.Arrays;
import java.util.Collections;
import javax.crypto.SecretKey;

/** The keys of a token, as the JDK's provider shows them after a login. */
final class ProviderKeys {
  private final KeyStore keyStore;

  private ProviderKeys(KeyStore keyStore) {
    this.keyStore = keyStore;
  }

  /**
   * Logs in with one C_Login, or none if another provider of this process has.
   *
   * @throws Pkcs11Exception if the token refuses
   * @throws KeyUnavailable if the provider cannot work with what is on the token
   */
  static ProviderKeys load(Provider provider, SecretBytes pin) {
    CharBuffer characters = UTF_8.decode(ByteBuffer.wrap(pin.expose()));
    char[] password = Arrays.copyOf(characters.array(), characters.limit());
    try {
      KeyStore keyStore = KeyStore.getInstance("PKCS11", provider);
      keyStore.load(null, password);
      return new ProviderKeys(keyStore);
    } catch (IOException e) {
      if (String.valueOf(e.getCause()).contains("sharing same CKA_LABEL")) {
        throw new KeyUnavailable(
            "two secret keys on the token have the same label (%s): driver: sunpkcs11 cannot work"
                    .formatted(String.valueOf(e.getCause()))
                + " on it; rename one, or set driver: native",
            e);
      }
      throw ProviderFailure.translate(CryptokiFunction.C_Login, e);
    } catch (GeneralSecurityException | ProviderException e) {
      throw ProviderFailure.translate(CryptokiFunction.C_Login, e);
    } finally {
      Arrays.fill(password, '\0');
      Arrays.fill(characters.array(), '\0');
    }
  }

  /**
   * The AES key of that label.
   *
   * @throws KeyUnavailable if there is none
   */
  SecretKey find(String label) {
    try {
      Key key = keyStore.getKey(label, null);
      if (key instanceof SecretKey secret && secret.getAlgorithm().equals("AES")) {
        return secret;
      }
      throw new KeyUnavailable(
          "no AES key with label \"%s\" is on the token; it has: %s"
              .formatted(label, Collections.list(keyStore.aliases())),
          null);
    } catch (GeneralSecurityException | ProviderException e) {
      throw ProviderFailure.translate(CryptokiFunction.C_FindObjects, e);
    }
  }
}
