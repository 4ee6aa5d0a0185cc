package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/** Opens, tries and makes the keys of {@code type: pkcs11}. */
public final class Pkcs11Keys {
  /** {@code CKM_AES_KEY_GEN} (PKCS #11 3.1, section 6.10.2). */
  private static final long CKM_AES_KEY_GEN = 0x1080;

  private static final int ID_LENGTH = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Pkcs11Keys() {}

  /**
   * Opens a key. Returns at once: the token is looked for in the background, now and whenever it is
   * lost.
   *
   * @throws OperatorException if the library cannot be loaded
   */
  public static KeyWrapper open(Pkcs11KeySettings settings) {
    Module module = Module.of(settings.library());
    TokenLink link = new TokenLink(settings.name(), new Connector(settings, module), module);
    link.start();
    return new Pkcs11KeyWrapper(settings, link, module);
  }

  /**
   * Goes all the way to the key once, in the foreground, and tells of each step.
   *
   * @throws KmsException if a step fails
   * @throws OperatorException if the library cannot be loaded
   */
  public static void tryOut(Pkcs11KeySettings settings, Steps steps) {
    Deadline deadline = Deadline.after(PATIENCE);
    try (Module module = Module.of(settings.library());
        Connection connection = new Connector(settings, module).connect(deadline, steps)) {
      KnownGood _ =
          steps.step(
              "round trip",
              () -> connection.proveRoundTrip(deadline),
              _ -> "encrypted in one session and decrypted in another");
    } catch (RuntimeException e) {
      throw translated(e);
    }
  }

  /**
   * Makes an AES-256 key on the token, in one call, so that nothing is left behind if it fails.
   *
   * @return its CKA_ID in hex
   * @throws OperatorException if there is a key with that label or id, or the token cannot make one
   * @throws KmsException if the token is not there or the PIN is refused
   */
  public static String generate(Pkcs11KeySettings settings) {
    Deadline deadline = Deadline.after(PATIENCE);
    try (Module module = Module.of(settings.library())) {
      module.initialize();
      Token token = new Connector(settings, module).token(deadline);
      try (Session session = Session.openForWriting(module, token, deadline)) {
        new PinGuard(settings).login(session, token, deadline);
        if (new KeyFinder(settings).isTaken(session, deadline)) {
          throw new OperatorException(
              "token %s has a key with that label or id already".formatted(token),
              "choose another key-label, or use that key as it is");
        }
        return generate(settings, session, deadline);
      }
    } catch (RuntimeException e) {
      throw translated(e);
    }
  }

  private static String generate(Pkcs11KeySettings settings, Session session, Deadline deadline) {
    byte[] id = new byte[ID_LENGTH];
    new SecureRandom().nextBytes(id);
    if (!settings.keyId().isEmpty()) {
      id = HexFormat.of().parseHex(settings.keyId());
    }
    String label = settings.keyLabel().isEmpty() ? settings.name() : settings.keyLabel();
    long _ =
        session.generateKey(
            CKM_AES_KEY_GEN,
            List.of(
                Attribute.of(Attribute.Type.CLASS, Attribute.SECRET_KEY),
                Attribute.of(Attribute.Type.KEY_TYPE, Attribute.AES),
                Attribute.of(Attribute.Type.VALUE_LEN, settings.algorithm().keyLength()),
                Attribute.of(Attribute.Type.LABEL, label),
                new Attribute(Attribute.Type.ID, id),
                Attribute.of(Attribute.Type.TOKEN, true),
                Attribute.of(Attribute.Type.PRIVATE, true),
                Attribute.of(Attribute.Type.SENSITIVE, true),
                Attribute.of(Attribute.Type.EXTRACTABLE, false),
                Attribute.of(Attribute.Type.ENCRYPT, true),
                Attribute.of(Attribute.Type.DECRYPT, true),
                Attribute.of(Attribute.Type.WRAP, false),
                Attribute.of(Attribute.Type.UNWRAP, false)),
            deadline);
    return HexFormat.of().formatHex(id);
  }

  /**
   * Forgets that tokens refused PINs: the next login is tried.
   *
   * @return how many refusals there were
   * @throws OperatorException if the state directory cannot be written
   */
  public static int retryPins(Path stateDirectory) {
    try {
      return new RefusedPins(stateDirectory).forgetAll();
    } catch (IOException e) {
      throw new OperatorException(
          "cannot change " + stateDirectory + ": " + e.getMessage(),
          "run as the user that keywrap serves as");
    }
  }

  private static RuntimeException translated(RuntimeException failure) {
    return failure instanceof OperatorException ? failure : Connector.translate(failure);
  }
}
