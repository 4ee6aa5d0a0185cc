package io.github.keywrap.settings;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;

/** Where a secret comes from. Holds the place only, never the secret. */
public sealed interface SecretSource
    permits SecretFile, SystemdCredential, EnvironmentSecret, JsonSecret, ProxyPassword {
  /**
   * Reads the secret: at least one byte. One trailing newline is stripped, unless the secret is to
   * be taken as it is.
   *
   * @throws OperatorException if it cannot be read, or has something in it that an editor may have
   *     left, with what to do about it
   */
  SecretBytes read();

  /**
   * What changes when the secret is replaced, where that can be seen without the secret: device,
   * inode, times and size of a file. Holds nothing that is made from the secret.
   *
   * @throws OperatorException if the place cannot be looked at
   */
  String identity();

  /** Whether only a file is missing, in a folder that is there: somebody may be about to put it. */
  default boolean isMissingYet() {
    return false;
  }

  /** What changes when the secret does, for messages: the whole file that it is in. */
  default String place() {
    return description();
  }

  /** The place, for messages, for example {@code file /etc/keywrap/passphrase}. */
  String description();
}
