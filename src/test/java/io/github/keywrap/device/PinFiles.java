package io.github.keywrap.device;

import io.github.keywrap.files.StateDirectory;
import io.github.keywrap.pkcs11.TokenIdentity;
import io.github.keywrap.settings.LoginSettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.SecretSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The files in the state directory that are about the PIN of one key.
 *
 * @param lock held while a PIN is tried at the token
 * @param record what came of the last try
 * @param source what the PIN's place looks like now
 */
public record PinFiles(Path lock, Path record, String source) {
  /** Asks the library which token it is. */
  public static PinFiles of(Pkcs11KeySettings settings) {
    DeviceIdentity token = TokenIdentity.of(settings);
    Path directory = settings.token().stateDirectory();
    LoginSettings.WithPin login = (LoginSettings.WithPin) settings.token().login();
    SecretSource pin = login.pin();
    return new PinFiles(
        directory.resolve("pin-lock-" + token.fileName()),
        new PinRecords(directory).of(token, login.userType(), pin.description()).file(),
        pin.identity());
  }

  /** Leaves what a process leaves that ends while it tries the PIN. */
  public void leaveUnfinishedTry() throws IOException {
    new PinRecord(
            new StateDirectory(Objects.requireNonNull(record.getParent())),
            record.getFileName().toString())
        .trying(source, "a process that was killed");
  }
}
