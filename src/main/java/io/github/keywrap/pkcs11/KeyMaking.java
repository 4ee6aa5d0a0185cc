package io.github.keywrap.pkcs11;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.keywrap.device.DeviceErrors;
import io.github.keywrap.device.Foreground;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.TokenProfile.Sm4Sealed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** Makes a key on its token, with what belongs to it, or loads its backup, in the foreground. */
final class KeyMaking {
  private final Pkcs11KeySettings settings;

  KeyMaking(Pkcs11KeySettings settings) {
    this.settings = settings;
  }

  /**
   * Leaves nothing behind if it fails.
   *
   * @throws OperatorException if there is a key with that label or id, or the token cannot make one
   * @throws io.github.keywrap.domain.KmsException if the token is not there or the PIN is refused
   */
  MadeKey generate() {
    Deadline deadline = Deadline.after(Foreground.WORK_TIMEOUT);
    return writing(
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
   * @throws OperatorException if there is a sealed key already, or this is none that the token's
   *     key opens
   * @throws io.github.keywrap.domain.KmsException if the token is not there or the PIN is refused
   */
  MadeKey restore(Sm4Sealed profile, Path backup) {
    SealedKey sealed = sealedKey(backup);
    Deadline deadline = Deadline.after(Foreground.WORK_TIMEOUT);
    return writing(
        deadline,
        session -> new SealedKeyMaker(settings, profile, session, deadline).restore(sealed));
  }

  private static SealedKey sealedKey(Path backup) {
    // May be a pipe from whatever decrypts the backup.
    try (InputStream in = Files.newInputStream(backup)) {
      return SealedKey.fromPem(new String(in.readNBytes(SealedKey.MAX_PEM), US_ASCII));
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

  private <T> T writing(Deadline deadline, Function<Session, T> work) {
    return Foreground.run(
        () -> {
          try (NativeDriver driver = new NativeDriver(settings)) {
            return driver.writing(deadline, work);
          } catch (RuntimeException e) {
            throw DeviceErrors.translateUnlessTold(e);
          }
        });
  }
}
