package io.github.keywrap.pkcs11;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.Arrays;
import java.util.Collections;
import javax.crypto.SecretKey;

/**
 * The JDK's own provider of PKCS#11. A provider whose sessions are lost stays broken: each
 * connection has a new one. The library is initialized once in a process; there is no way to do it
 * again.
 */
final class SunPkcs11Driver implements Driver<ProviderConnection> {
  private static final String PROVIDER = "SunPKCS11";
  private static final int SERIAL_LENGTH = 60;

  private final SunPkcs11KeySettings settings;
  private final PinGuard guard;
  private final Provider unconfigured;

  /**
   * Finds the provider.
   *
   * @throws OperatorException if this runtime has none, or there is no library
   */
  SunPkcs11Driver(SunPkcs11KeySettings settings) {
    this.settings = settings;
    this.guard = new PinGuard(settings.pin(), settings.stateDirectory());
    Provider provider = Security.getProvider(PROVIDER);
    if (provider == null) {
      throw new OperatorException(
          "this runtime has no provider SunPKCS11, which driver: sunpkcs11 needs",
          "run keywrap on a JDK (a native executable has none), or set driver: native");
    }
    requireReadable(settings.library());
    this.unconfigured = provider;
  }

  private static void requireReadable(Path library) {
    if (!Files.isReadable(library)) {
      throw new OperatorException(
          "PKCS#11 library %s %s"
              .formatted(library, Files.exists(library) ? "cannot be read" : "does not exist"),
          "set library: to the file that came with the HSM's client software");
    }
  }

  @Override
  public ProviderConnection connect(Deadline deadline, Steps steps) {
    Provider provider = steps.step("library", this::provider, _ -> settings.library().toString());
    KeyStore keyStore =
        steps.step(
            "login", () -> logIn(provider), _ -> "with the PIN in " + settings.pin().description());
    SecretKey key =
        steps.step("key", () -> find(keyStore), _ -> "label \"" + settings.keyLabel() + "\"");
    ProviderConnection connection = new ProviderConnection(provider, key, settings.identity());
    CheckValue checkValue = new CheckValue(settings);
    String _ =
        steps.step("check value", () -> checkValue.prove(connection, deadline), result -> result);
    return connection;
  }

  private Provider provider() {
    String configuration =
        """
        --name = keywrap
        library = "%s"
        slotListIndex = %d
        showInfo = false
        """
            .formatted(settings.library(), settings.slotListIndex());
    try {
      return unconfigured.configure(configuration);
    } catch (RuntimeException e) {
      throw ProviderFailure.translate(Function.C_Initialize, e);
    }
  }

  private KeyStore logIn(Provider provider) {
    KeyStore[] loaded = new KeyStore[1];
    guard.logIn(serial(), settings.library().toString(), pin -> loaded[0] = load(provider, pin));
    return loaded[0];
  }

  /** The provider does not tell the token's serial number. */
  private String serial() {
    String library = settings.library().toString();
    return "slot-list-index %d of %s"
        .formatted(
            settings.slotListIndex(),
            library.substring(Math.max(0, library.length() - SERIAL_LENGTH)));
  }

  /** Logs in with one C_Login, or none if another provider of this process has. */
  private static KeyStore load(Provider provider, SecretBytes pin) {
    CharBuffer characters = UTF_8.decode(java.nio.ByteBuffer.wrap(pin.expose()));
    char[] password = Arrays.copyOf(characters.array(), characters.limit());
    try {
      KeyStore keyStore = KeyStore.getInstance("PKCS11", provider);
      keyStore.load(null, password);
      return keyStore;
    } catch (IOException e) {
      if (String.valueOf(e.getCause()).contains("sharing same CKA_LABEL")) {
        throw new KeyUnavailable(
            "two secret keys on the token have the same label (%s): driver: sunpkcs11 cannot work"
                    .formatted(String.valueOf(e.getCause()))
                + " on it; rename one, or set driver: native",
            e);
      }
      throw ProviderFailure.translate(Function.C_Login, e);
    } catch (GeneralSecurityException | ProviderException e) {
      throw ProviderFailure.translate(Function.C_Login, e);
    } finally {
      Arrays.fill(password, '\0');
      Arrays.fill(characters.array(), '\0');
    }
  }

  private SecretKey find(KeyStore keyStore) {
    try {
      Key key = keyStore.getKey(settings.keyLabel(), null);
      if (key instanceof SecretKey secret && secret.getAlgorithm().equals("AES")) {
        return secret;
      }
      throw new KeyUnavailable(
          "no AES key with label \"%s\" is on the token; it has: %s"
              .formatted(settings.keyLabel(), Collections.list(keyStore.aliases())),
          null);
    } catch (GeneralSecurityException | ProviderException e) {
      throw ProviderFailure.translate(Function.C_FindObjects, e);
    }
  }

  @Override
  public void connected(boolean works) {
    // Nobody asks: connections of this driver do not disturb each other.
  }

  @Override
  public boolean canReinitialize() {
    return false;
  }

  @Override
  public boolean isInUse() {
    return true;
  }

  @Override
  public void reinitialize() {
    throw new IllegalStateException("this driver cannot initialize a library again");
  }

  @Override
  public void close() {
    // The library stays: other keys of this process may be logged in.
  }
}
