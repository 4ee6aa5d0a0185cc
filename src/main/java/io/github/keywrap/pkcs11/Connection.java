package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import java.util.Arrays;

/**
 * A token with a login that lasts, the key found on it, and sessions to use it. Handles are good
 * for this connection only: after a loss the key is looked for again.
 */
final class Connection implements AutoCloseable {
  private final Session loginSession;
  private final SessionPool sessions;
  private final KeyFinder.Found key;
  private final GcmMechanism mechanism;

  Connection(
      Session loginSession, SessionPool sessions, KeyFinder.Found key, GcmMechanism mechanism) {
    this.loginSession = loginSession;
    this.sessions = sessions;
    this.key = key;
    this.mechanism = mechanism;
  }

  String identity() {
    return key.identity();
  }

  GcmMechanism.Sealed encrypt(byte[] associatedData, byte[] plaintext, Deadline deadline) {
    return sessions.with(
        deadline,
        session -> session.encrypt(mechanism, key.handle(), associatedData, plaintext, deadline));
  }

  byte[] decrypt(byte[] iv, byte[] associatedData, byte[] sealed, Deadline deadline) {
    return sessions.with(
        deadline,
        session -> session.decrypt(mechanism, key.handle(), iv, associatedData, sealed, deadline));
  }

  /** Encrypts in one session what it then decrypts in a new one. */
  KnownGood proveRoundTrip(Deadline deadline) {
    byte[] plaintext = mechanism.randomBytes();
    GcmMechanism.Sealed sealed = encrypt(KnownGood.ASSOCIATED_DATA, plaintext, deadline);
    KnownGood knownGood = new KnownGood(sealed, plaintext);
    if (!opens(knownGood, deadline)) {
      throw new GcmMechanism.UnusableOutput(
          "the token does not decrypt what it has just encrypted; see gcm-iv and gcm-params");
    }
    return knownGood;
  }

  /**
   * Whether a new session decrypts a ciphertext that is known to be good.
   *
   * @throws Pkcs11Exception if the token fails otherwise
   */
  boolean opens(KnownGood knownGood, Deadline deadline) {
    try {
      byte[] opened =
          sessions.withNew(
              deadline,
              session ->
                  session.decrypt(
                      mechanism,
                      key.handle(),
                      knownGood.sealed().iv(),
                      KnownGood.ASSOCIATED_DATA,
                      knownGood.sealed().ciphertext(),
                      deadline));
      return Arrays.equals(opened, knownGood.plaintext());
    } catch (Pkcs11Exception e) {
      if (e.refusesCiphertext() || e.mayRefuseCiphertext()) {
        return false;
      }
      throw e;
    }
  }

  /** Whether the token still does its work, after an answer that can mean two things. */
  boolean isSound(KnownGood knownGood, Deadline deadline) {
    try {
      return opens(knownGood, deadline);
    } catch (Pkcs11Exception | KmsException notSound) {
      return false;
    }
  }

  @Override
  public void close() {
    sessions.close();
    loginSession.close();
  }
}
