package io.github.keywrap.settings;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
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

  @Override
  public String description() {
    return "systemd credential " + name;
  }
}
