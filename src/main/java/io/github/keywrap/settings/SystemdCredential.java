package io.github.keywrap.settings;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A credential that systemd hands to the service: {@code LoadCredential=} or {@code
 * LoadCredentialEncrypted=} in the unit, read from {@code $CREDENTIALS_DIRECTORY}
 * (systemd.exec(5)).
 *
 * @param directory value of {@code CREDENTIALS_DIRECTORY}, empty if it is not set
 * @param asIs whether each byte of the credential is part of the secret
 */
public record SystemdCredential(String name, String directory, boolean asIs)
    implements SecretSource {
  /** A credential that somebody typed. */
  public SystemdCredential(String name, String directory) {
    this(name, directory, false);
  }

  @Override
  public SecretBytes read() {
    if (directory.isEmpty()) {
      throw new OperatorException(
          description() + " cannot be read: CREDENTIALS_DIRECTORY is not set",
          "start keywrap from a systemd unit that has LoadCredential=" + name + ":FILE");
    }
    return new SecretFile(Path.of(directory, name), asIs)
        .readFor(
            this,
            _ ->
                TypedSecret.orAsIs(
                    "mend what LoadCredential= or LoadCredentialEncrypted= of the unit loads",
                    "credential"));
  }

  /** systemd makes the file anew at each start: only its size tells something. */
  @Override
  public String identity() {
    try {
      return description() + " of " + Files.size(Path.of(directory, name)) + " bytes";
    } catch (IOException e) {
      return description();
    }
  }

  @Override
  public String description() {
    return "systemd credential " + name;
  }
}
