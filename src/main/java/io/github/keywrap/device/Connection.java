package io.github.keywrap.device;

import io.github.keywrap.domain.Deadline;
import java.util.function.Function;

/**
 * A token with a login that lasts, and the key found on it. Good until the token is lost: after
 * that the key is looked for again.
 */
public interface Connection extends KeyOperations, AutoCloseable {
  /** What tells the key from all others. */
  String identity();

  /** Works in one session, a fresh one if there can be one. */
  <T> T inNewSession(Deadline deadline, Function<KeyOperations, T> work);

  /** Says that the token has lost its sessions: no other key goes on with them either. */
  void abandon();

  /** Does not wait for the token. */
  @Override
  void close();
}
