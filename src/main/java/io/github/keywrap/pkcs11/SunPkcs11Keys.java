package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Opens and tries the keys of {@code type: pkcs11} over the JDK's provider. */
public final class SunPkcs11Keys {
  private static final Logger LOG = System.getLogger(SunPkcs11Keys.class.getName());

  private SunPkcs11Keys() {}

  /**
   * Opens a key. Returns at once: the token is looked for in the background, now and whenever it is
   * lost.
   *
   * @throws io.github.keywrap.domain.OperatorException if this runtime has no such provider, or
   *     there is no library
   */
  public static KeyWrapper open(SunPkcs11KeySettings settings) {
    warnOfWhatIsNotSeen(settings);
    TokenLink<ProviderConnection> link =
        new TokenLink<>(settings.name(), new SunPkcs11Driver(settings));
    link.start();
    return new Pkcs11KeyWrapper(
        Algorithm.AES_GCM,
        new Pkcs11KeyIds(Algorithm.AES_GCM, settings.generation(), settings.identity()),
        link);
  }

  private static void warnOfWhatIsNotSeen(SunPkcs11KeySettings settings) {
    LOG.log(
        Level.WARNING,
        "key \"{0}\": driver: sunpkcs11 cannot see whether the key is private, sensitive and not"
            + " extractable",
        settings.name());
    if (settings.checkValue().length == 0) {
      LOG.log(
          Level.WARNING,
          "key \"{0}\": check-value is not set: nothing proves that the key with that label is the"
              + " one of that key-id; \"keywrap check\" prints a value",
          settings.name());
    }
  }

  /**
   * Goes all the way to the key once, in the foreground, and tells of each step.
   *
   * @throws io.github.keywrap.domain.KmsException if a step fails
   * @throws io.github.keywrap.domain.OperatorException if this runtime has no such provider, or
   *     there is no library
   */
  public static void tryOut(SunPkcs11KeySettings settings, Steps steps) {
    Pkcs11Keys.tryOut(new SunPkcs11Driver(settings), steps);
  }
}
