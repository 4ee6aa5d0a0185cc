package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import java.util.Optional;

/** Where requests get their credentials. Thread-safe. */
interface CredentialSource extends AutoCloseable {
  /**
   * The set to sign with now.
   *
   * @throws CallFailure if there is none, and none can be obtained
   */
  Credentials current(Deadline deadline);

  /** The service has taken a signature made with them. */
  void accepted(Credentials used);

  /** Another set to try, now that these were refused (401). */
  Optional<Credentials> afterRefusal(Credentials refused, Deadline deadline);

  /** What an operator should know. */
  KeyCondition condition();

  @Override
  void close();
}
