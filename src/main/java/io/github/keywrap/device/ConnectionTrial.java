package io.github.keywrap.device;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.Steps;

/** All the way to a key once, in the foreground, with a word for each step. */
public final class ConnectionTrial {
  private ConnectionTrial() {}

  /**
   * Connects, proves the key and closes the driver.
   *
   * @throws io.github.keywrap.domain.KmsException if a step fails
   */
  public static <C extends Connection> void run(Driver<C> driver, Steps steps) {
    Progress progress = new Progress(steps);
    try {
      boolean _ =
          Foreground.run(
              progress,
              () -> {
                runHere(driver, progress);
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

  private static <C extends Connection> void runHere(Driver<C> driver, Steps steps) {
    Deadline deadline = Deadline.after(Foreground.WORK_TIMEOUT);
    try (driver;
        Connection connection = driver.connect(deadline, steps)) {
      KnownCiphertext _ =
          steps.step(
              "round trip",
              () -> KnownCiphertext.prove(connection, deadline),
              _ -> "encrypted in one session and decrypted in another");
    } catch (RuntimeException e) {
      throw DeviceErrors.translateUnlessTold(e);
    }
  }
}
