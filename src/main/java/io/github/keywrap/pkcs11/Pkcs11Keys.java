package io.github.keywrap.pkcs11;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.TokenProfile.Sm4Sealed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;

/** Opens, tries and makes the keys of {@code type: pkcs11} over keywrap's own driver. */
public final class Pkcs11Keys {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Longer than a step may take that has a deadline. */
  private static final Duration MOST = Duration.ofSeconds(60);

  /** How often it is tried whether a sealed key would open again. */
  private static final Duration LOOK = Duration.ofSeconds(10);

  private Pkcs11Keys() {}

  /**
   * Opens a key. Returns at once: the token is looked for in the background, now and whenever it is
   * lost.
   *
   * @throws OperatorException if the library cannot be loaded
   */
  public static KeyWrapper open(Pkcs11KeySettings settings) {
    TokenLink<SessionConnection> link =
        new TokenLink<>(settings.name(), new NativeDriver(settings));
    link.start();
    if (settings.profile() instanceof Sm4Sealed profile) {
      SealedKeyStore store = SealedKeyStore.of(settings, profile.place());
      Pkcs11KeyIds keyIds = sealedKeyIds(settings, store);
      SealedKeyWrapper wrapper =
          new SealedKeyWrapper(settings.name(), keyIds, new SealedKeyReader(keyIds, store, link));
      wrapper.start(LOOK);
      return wrapper;
    }
    return new Pkcs11KeyWrapper(
        settings.algorithm(),
        Pkcs11KeyIds.of(settings.algorithm(), settings.generation(), settings.key()),
        link);
  }

  private static Pkcs11KeyIds sealedKeyIds(Pkcs11KeySettings settings, SealedKeyStore store) {
    String known =
        switch (store) {
          case SealedKeyStore.OnToken _ -> "";
          case SealedKeyStore.InFile file -> identityIn(file);
        };
    return new Pkcs11KeyIds(settings.algorithm(), settings.generation(), known);
  }

  /** What the file says; where it cannot be read, that is told by the calls. */
  private static String identityIn(SealedKeyStore.InFile file) {
    try {
      return file.read().map(SealedKey::identity).orElse("");
    } catch (KmsException unreadable) {
      return "";
    }
  }

  /**
   * Goes all the way to the key once, in the foreground, and tells of each step.
   *
   * @throws KmsException if a step fails
   * @throws OperatorException if the library cannot be loaded
   */
  public static void tryOut(Pkcs11KeySettings settings, Steps steps) {
    tryOut(new NativeDriver(settings), steps);
  }

  static <C extends Connection> void tryOut(Driver<C> driver, Steps steps) {
    Progress progress = new Progress(steps);
    try {
      boolean _ =
          Foreground.run(
              MOST,
              progress,
              () -> {
                tryOutHere(driver, progress);
                return true;
              });
    } catch (BackendUnavailable failure) {
      if (progress.name().isEmpty()) {
        throw failure;
      }
      throw steps.<RuntimeException>step(
          progress.name(),
          () -> {
            throw failure;
          },
          String::valueOf);
    }
  }

  private static <C extends Connection> void tryOutHere(Driver<C> driver, Steps steps) {
    Deadline deadline = Deadline.after(PATIENCE);
    try (driver;
        Connection connection = driver.connect(deadline, steps)) {
      KnownGood _ =
          steps.step(
              "round trip",
              () -> KnownGood.prove(connection, deadline),
              _ -> "encrypted in one session and decrypted in another");
    } catch (RuntimeException e) {
      throw translated(e);
    }
  }

  /**
   * Makes the key of the settings, and what belongs to it. Leaves nothing behind if it fails.
   *
   * @throws OperatorException if there is a key with that label or id, or the token cannot make one
   * @throws KmsException if the token is not there or the PIN is refused
   */
  public static MadeKey generate(Pkcs11KeySettings settings) {
    Deadline deadline = Deadline.after(PATIENCE);
    return writing(
        settings,
        deadline,
        session -> {
          if (settings.profile() instanceof Sm4Sealed profile) {
            return new SealedKeyMaker(settings, profile, session, deadline).make();
          }
          TokenObjects objects = new TokenObjects(session, deadline);
          new KeyPlace(settings, objects).requireFree();
          return new MadeKey(new KeyMaker(settings, objects).make(), "");
        });
  }

  /**
   * Loads a backup of a sealed key.
   *
   * @param backup file that holds what {@link #generate} printed
   * @throws OperatorException if the profile has no sealed key, there is one already, or this is
   *     none that the token's key opens
   * @throws KmsException if the token is not there or the PIN is refused
   */
  public static MadeKey restore(Pkcs11KeySettings settings, Path backup) {
    if (!(settings.profile() instanceof Sm4Sealed profile)) {
      throw new OperatorException(
          "only keys with algorithm: sm4-sealed can be restored by keywrap",
          "restore any other with the means of its token's vendor");
    }
    SealedKey sealed = sealedKey(backup);
    Deadline deadline = Deadline.after(PATIENCE);
    return writing(
        settings,
        deadline,
        session -> new SealedKeyMaker(settings, profile, session, deadline).restore(sealed));
  }

  private static SealedKey sealedKey(Path backup) {
    // May be a pipe from whatever decrypts the backup.
    try (InputStream in = Files.newInputStream(backup)) {
      return SealedKey.fromPem(new String(in.readNBytes(SealedKey.MOST_PEM), US_ASCII));
    } catch (IOException e) {
      throw new OperatorException(
          "file " + backup + " cannot be read: " + SystemWords.of(e),
          "name the file with what keygen printed");
    } catch (SealedKey.MalformedException e) {
      throw new OperatorException(
          "file %s holds no sealed key: %s".formatted(backup, e.getMessage()),
          "name the file with what keygen printed, from the BEGIN line to the END line");
    }
  }

  private static <T> T writing(
      Pkcs11KeySettings settings, Deadline deadline, Function<Session, T> work) {
    return Foreground.run(
        MOST,
        () -> {
          try (NativeDriver driver = new NativeDriver(settings)) {
            return driver.writing(deadline, work);
          } catch (RuntimeException e) {
            throw translated(e);
          }
        });
  }

  /**
   * Forgets that tokens refused PINs: the next login is tried.
   *
   * @return how many refusals there were
   * @throws OperatorException if the state directory cannot be written
   */
  public static int retryPins(Path stateDirectory) {
    try {
      return new PinRecords(stateDirectory).forgetAll();
    } catch (IOException e) {
      throw new OperatorException(
          "cannot change " + stateDirectory + ": " + SystemWords.of(e),
          "run as the user that keywrap serves as");
    }
  }

  static RuntimeException translated(RuntimeException failure) {
    return failure instanceof OperatorException ? failure : Failures.translate(failure);
  }
}
