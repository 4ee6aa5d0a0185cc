package io.github.keywrap.device;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.Steps;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to one key, and proves of each that it is the key that it was. For one thread.
 */
final class Connector<C extends Connection> {
  private static final Duration ATTEMPT = Duration.ofSeconds(10);

  private static final int TRIALS = 3;

  private final Driver<C> driver;
  private final Progress progress = new Progress(Steps.UNTOLD);
  private final Verdicts verdicts = new Verdicts(System::nanoTime);
  private @Nullable KnownCiphertext provenBefore;
  private volatile @Nullable String identity;

  Connector(Driver<C> driver) {
    this.driver = driver;
  }

  /** Which step of connecting is under way. */
  Progress progress() {
    return progress;
  }

  /** What tells the key from all others, once it was seen. */
  Optional<String> identity() {
    return Optional.ofNullable(identity);
  }

  /**
   * Connects: at first with a new session and login, and if that does not do, and no other key of
   * the library works, after it has been initialized again.
   *
   * @throws io.github.keywrap.domain.KmsException and the other exceptions of {@link
   *     Driver#connect}, if it cannot
   */
  ProvenConnection<C> connect() {
    try {
      return connectAsItIs();
    } catch (RuntimeException failure) {
      if (failure instanceof DeviceException e && e.isOutdated()) {
        return connectAsItIs();
      }
      if (!driver.canReinitialize() || !DeviceErrors.mayPassWithInitialization(failure)) {
        throw failure;
      }
      if (driver.working().isAny()) {
        throw new BackendUnavailable(
            DeviceErrors.translate(failure).getMessage()
                + " (the library is not initialized again, because another key works with it; if"
                + " other programs see the token, restart keywrap)",
            failure);
      }
      driver.reinitialize();
      return connectAsItIs();
    }
  }

  private ProvenConnection<C> connectAsItIs() {
    Deadline deadline = Deadline.after(ATTEMPT);
    C connection = driver.connect(deadline, progress);
    try {
      ProvenConnection<C> usable =
          new ProvenConnection<>(connection, prove(connection, deadline), verdicts);
      KnownCiphertext before = provenBefore;
      if (before != null && !before.isOf(usable, deadline)) {
        throw new KeyUnavailable(
            "the key on the token is not the one that was there before: it does not open what that"
                + " wrapped",
            null);
      }
      if (before == null) {
        provenBefore = usable.knownGood();
      }
      identity = connection.identity();
      return usable;
    } catch (RuntimeException | Error e) {
      connection.close();
      throw e;
    }
  }

  /** A call that fails now and then is not worth another login. */
  private static KnownCiphertext prove(Connection connection, Deadline deadline) {
    for (int trial = 1; ; trial++) {
      try {
        return KnownCiphertext.prove(connection, deadline);
      } catch (DeviceException e) {
        if (trial == TRIALS || e.isPermanent() || e.isOfLostConnection()) {
          throw e;
        }
      } catch (UnusableOutputException e) {
        if (trial == TRIALS) {
          throw e;
        }
      }
    }
  }
}
