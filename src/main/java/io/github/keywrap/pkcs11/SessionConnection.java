package io.github.keywrap.pkcs11;

import io.github.keywrap.device.Connection;
import io.github.keywrap.device.DoubtfulCiphertextException;
import io.github.keywrap.device.Encrypted;
import io.github.keywrap.device.KeyOperations;
import io.github.keywrap.device.UnusableOutputException;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/** A connection over keywrap's own driver, in sessions that it shares with other keys. */
final class SessionConnection implements Connection {
  private final SessionShare sessions;
  private final String identity;
  private final TokenCipher cipher;

  SessionConnection(SessionShare sessions, String identity, TokenCipher cipher) {
    this.sessions = sessions;
    this.identity = identity;
    this.cipher = cipher;
  }

  /** The key in one session. */
  private record InSession(TokenCipher cipher, Session session) implements KeyOperations {
    /** The first time that this key uses a session, it must open what it encrypted. */
    @Override
    public Encrypted encrypt(byte[] associatedData, byte[] plaintext, Deadline deadline) {
      Encrypted encrypted = cipher.encrypt(session, associatedData, plaintext, deadline);
      if (session.isFirstFor(cipher)) {
        requireOpens(associatedData, encrypted, plaintext, deadline);
      }
      return encrypted;
    }

    private void requireOpens(
        byte[] associatedData, Encrypted encrypted, byte[] plaintext, Deadline deadline) {
      try {
        byte[] opened = cipher.decrypt(session, associatedData, encrypted, deadline);
        boolean isSame = MessageDigest.isEqual(opened, plaintext);
        Arrays.fill(opened, (byte) 0);
        if (isSame) {
          return;
        }
      } catch (DoubtfulCiphertextException | InvalidCiphertext refused) {
        // Told below.
      }
      throw new UnusableOutputException(
          "in a new session, the token does not open what it has just encrypted; see gcm-iv and"
              + " gcm-params");
    }

    @Override
    public byte[] decrypt(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
      return cipher.decrypt(session, associatedData, encrypted, deadline);
    }
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public Encrypted encrypt(byte[] associatedData, byte[] plaintext, Deadline deadline) {
    return sessions.with(
        deadline,
        session -> new InSession(cipher, session).encrypt(associatedData, plaintext, deadline));
  }

  @Override
  public byte[] decrypt(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
    return sessions.with(
        deadline, session -> cipher.decrypt(session, associatedData, encrypted, deadline));
  }

  @Override
  public <T> T inNewSession(Deadline deadline, Function<KeyOperations, T> work) {
    return sessions.withNew(deadline, session -> work.apply(new InSession(cipher, session)));
  }

  /** Looks at the objects of the token. */
  <T> T look(Function<TokenObjects, T> question, Deadline deadline) {
    return sessions.with(deadline, session -> question.apply(new TokenObjects(session, deadline)));
  }

  @Override
  public void abandon() {
    sessions.abandon();
  }

  @Override
  public void close() {
    sessions.close();
  }
}
