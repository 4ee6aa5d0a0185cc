package io.github.keywrap.device;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * A connection, and a ciphertext that it is known to open. What fails in one session is tried in
 * another, which first has to open that: so a session that fails costs no login, and an answer that
 * can mean two things is not taken for a verdict.
 *
 * @param <C> what the connection can do
 * @param verdicts on ciphertexts of the key
 */
public record ProvenConnection<C extends Connection>(
    C connection, KnownCiphertext knownGood, Verdicts verdicts) implements KeyOperations {
  /**
   * Proves a connection by a round trip.
   *
   * @throws DeviceException if the device fails
   * @throws UnusableOutputException if what it made does not come back
   */
  public static <C extends Connection> ProvenConnection<C> of(C connection, Deadline deadline) {
    return new ProvenConnection<>(
        connection, KnownCiphertext.prove(connection, deadline), new Verdicts(System::nanoTime));
  }

  /** In how many sessions more it is tried, before the connection is given up. */
  private static final int TRIALS = 10;

  /** How often a session that opens another ciphertext must refuse one, for that to count. */
  private static final int REFUSALS = 4;

  @Override
  public Encrypted encrypt(byte[] associatedData, byte[] plaintext, Deadline deadline) {
    try {
      return connection.encrypt(associatedData, plaintext, deadline);
    } catch (DeviceException | UnusableOutputException first) {
      return again(key -> key.encrypt(associatedData, plaintext, deadline), 0, deadline);
    }
  }

  /**
   * Decrypts.
   *
   * @return the plaintext, the caller's to wipe
   * @throws InvalidCiphertext if the ciphertext is not authentic
   * @throws BackendUnavailable if the token fails, but the connection is good
   * @throws DeviceException if the token fails
   * @throws UnusableOutputException if the token does not open what it made
   */
  @Override
  public byte[] decrypt(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
    verdicts.require(associatedData, encrypted);
    try {
      return open(associatedData, encrypted, deadline);
    } catch (DoubtfulCiphertextException refused) {
      throw verdicts.refused(associatedData, encrypted);
    }
  }

  /**
   * Decrypts what the key has made, if it is the key that it was; a refusal is not kept.
   *
   * @throws InvalidCiphertext if it is another key
   * @throws BackendUnavailable and the other exceptions of {@link #decrypt} if that cannot be told
   */
  byte[] decryptOwn(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
    try {
      return open(associatedData, encrypted, deadline);
    } catch (DoubtfulCiphertextException refused) {
      throw verdicts.onRefusal();
    }
  }

  private byte[] open(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
    try {
      return connection.decrypt(associatedData, encrypted, deadline);
    } catch (DoubtfulCiphertextException | DeviceException | UnusableOutputException first) {
      byte[] opened = again(key -> key.decrypt(associatedData, encrypted, deadline), 0, deadline);
      if (first instanceof DoubtfulCiphertextException) {
        verdicts.refusedGoodOne();
      }
      return opened;
    }
  }

  /**
   * Works in other sessions, each of which opens the known ciphertext first: not at all, once and
   * twice in turn. A token of which each second call fails, as a pair of which one is ill may,
   * would keep in step with less, and never get through or always at the wrong place.
   *
   * @param least how often the known ciphertext must be opened; a refusal by a session that has not
   *     opened it does not count
   * @throws DoubtfulCiphertextException if the work was refused again and again
   */
  private <T> T again(Function<KeyOperations, T> work, int least, Deadline deadline) {
    AtomicBoolean isGood = new AtomicBoolean();
    int refusals = 0;
    RuntimeException last = new UnusableOutputException("the token refuses and fails in turn");
    for (int trial = 0; trial < TRIALS; trial++) {
      int times = Math.max(least, trial % 3);
      try {
        T result =
            connection.inNewSession(
                deadline,
                key -> {
                  requireOpensKnownOne(key, times, deadline);
                  if (times > 0) {
                    isGood.set(true);
                  }
                  return work.apply(key);
                });
        if (refusals > 0) {
          verdicts.refusedGoodOne();
        }
        return result;
      } catch (DoubtfulCiphertextException refused) {
        if (times > 0 && ++refusals == REFUSALS) {
          throw refused;
        }
      } catch (UnusableOutputException failure) {
        last = failure;
      } catch (DeviceException failure) {
        last = failure;
        if (failure.isOutdated()) {
          break;
        }
      }
    }
    boolean isLost = last instanceof DeviceException e && e.isOfLostConnection();
    throw isGood.get() && !isLost ? DeviceErrors.translate(last) : last;
  }

  private void requireOpensKnownOne(KeyOperations key, int times, Deadline deadline) {
    try {
      for (int time = 0; time < times; time++) {
        knownGood.requireOpensWith(key, deadline);
      }
    } catch (UnusableOutputException refused) {
      verdicts.refusedGoodOne();
      throw refused;
    }
  }

  /**
   * Requires that the key is there and the one that it was.
   *
   * @throws UnusableOutputException if it is not
   * @throws DeviceException if the token fails
   */
  void prove(Deadline deadline) {
    boolean _ = again(_ -> true, 1, deadline);
  }
}
