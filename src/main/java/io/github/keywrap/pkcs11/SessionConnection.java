package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import java.util.function.Function;

/** A connection over keywrap's own driver: one login, and a pool of sessions. */
final class SessionConnection implements Connection {
  private final Session loginSession;
  private final SessionPool sessions;
  private final String identity;
  private final TokenCipher cipher;

  SessionConnection(
      Session loginSession, SessionPool sessions, String identity, TokenCipher cipher) {
    this.loginSession = loginSession;
    this.sessions = sessions;
    this.identity = identity;
    this.cipher = cipher;
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public Encrypted encrypt(byte[] associatedData, byte[] plaintext, Deadline deadline) {
    return sessions.with(
        deadline, session -> cipher.encrypt(session, associatedData, plaintext, deadline));
  }

  @Override
  public byte[] decrypt(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
    return sessions.with(
        deadline, session -> cipher.decrypt(session, associatedData, encrypted, deadline));
  }

  @Override
  public byte[] decryptAfresh(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
    return sessions.withNew(
        deadline, session -> cipher.decrypt(session, associatedData, encrypted, deadline));
  }

  /** Looks at the objects of the token. */
  <T> T look(Function<TokenObjects, T> question, Deadline deadline) {
    return sessions.with(deadline, session -> question.apply(new TokenObjects(session, deadline)));
  }

  @Override
  public void close() {
    sessions.close();
    loginSession.close();
  }
}
