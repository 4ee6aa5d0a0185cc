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
 */
public record SystemdCredential(String name, String directory) implements SecretSource {
  @Override
  public SecretBytes read() {
    if (directory.isEmpty()) {
      throw new OperatorException(
          description() + " cannot be read: CREDENTIALS_DIRECTORY is not set",
          "start keywrap from a systemd unit that has LoadCredential=" + name + ":FILE");
    }
    return new SecretFile(Path.of(directory, name)).read();
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
