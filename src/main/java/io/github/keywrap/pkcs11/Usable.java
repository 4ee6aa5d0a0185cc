package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import java.util.function.Function;

/**
 * A connection, and a ciphertext that it is known to open. What fails in one session is tried in
 * another, which first has to open that: so a session that fails costs no login, and an answer that
 * can mean two things is not taken for a verdict.
 *
 * @param <C> what the connection can do
 */
record Usable<C extends Connection>(C connection, KnownGood knownGood, Verdicts verdicts)
    implements KeyOperations {
  /** In how many sessions more it is tried, before the connection is given up. */
  private static final int TRIALS = 6;

  /**
   * How often a session that opens another ciphertext must refuse one that was refused before. If
   * one call in a hundred fails, as at an HSM that is overloaded, one good ciphertext in 10^10 is
   * called bad; if one in five does, one in 3,000.
   */
  private static final int REFUSALS = 4;

  Usable(C connection, KnownGood knownGood) {
    this(connection, knownGood, new Verdicts(System::nanoTime));
  }

  @Override
  public Encrypted encrypt(byte[] associatedData, byte[] plaintext, Deadline deadline) {
    try {
      return connection.encrypt(associatedData, plaintext, deadline);
    } catch (Pkcs11Exception | UnusableOutputException first) {
      return again(key -> key.encrypt(associatedData, plaintext, deadline), deadline);
    }
  }

  /**
   * Decrypts.
   *
   * @return the plaintext, the caller's to wipe
   * @throws InvalidCiphertext if the ciphertext is not authentic
   * @throws Pkcs11Exception if the token fails
   * @throws UnusableOutputException if the token does not open what it made
   */
  @Override
  public byte[] decrypt(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
    verdicts.require(associatedData, encrypted);
    try {
      return connection.decrypt(associatedData, encrypted, deadline);
    } catch (Pkcs11Exception | UnusableOutputException | DoubtfulCiphertextException first) {
      try {
        return again(key -> key.decrypt(associatedData, encrypted, deadline), deadline);
      } catch (InvalidCiphertext verdict) {
        verdicts.refuse(associatedData, encrypted);
        throw verdict;
      }
    }
  }

  private <T> T again(Function<KeyOperations, T> work, Deadline deadline) {
    int refusals = 0;
    RuntimeException last = new UnusableOutputException("the token refuses and fails in turn");
    for (int trial = 0; trial < TRIALS && refusals < REFUSALS; trial++) {
      try {
        return connection.inNewSession(
            deadline,
            key -> {
              knownGood.requireOpensWith(key, deadline);
              return work.apply(key);
            });
      } catch (DoubtfulCiphertextException refused) {
        refusals++;
      } catch (UnusableOutputException failure) {
        last = failure;
      } catch (Pkcs11Exception failure) {
        last = failure;
        if (failure.isOutdated()) {
          break;
        }
      }
    }
    throw refusals == REFUSALS ? InvalidCiphertext.notAuthentic() : last;
  }

  /**
   * Requires that the key is there and the one that it was.
   *
   * @throws UnusableOutputException if it is not
   * @throws Pkcs11Exception if the token fails
   */
  void prove(Deadline deadline) {
    boolean _ = again(_ -> true, deadline);
  }
}
