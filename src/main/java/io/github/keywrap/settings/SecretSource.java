package io.github.keywrap.settings;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;

/** Where a secret comes from. Holds the place only, never the secret. */
public sealed interface SecretSource permits SecretFile, SystemdCredential, EnvironmentSecret {
  /**
   * Reads the secret: at least one byte, one trailing newline stripped.
   *
   * @throws OperatorException if it cannot be had, with what to do about it
   */
  SecretBytes read();

  /** The place, for messages, for example {@code file /etc/keywrap/passphrase}. */
  String description();
}
