package io.github.keywrap.device;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.files.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The records of PINs, a file for each token, kind of user and place of a PIN. */
public final class PinRecords {
  private static final String PREFIX = "pin-refused-";

  private final StateDirectory directory;

  PinRecords(Path directory) {
    this.directory = new StateDirectory(directory);
  }

  /**
   * Forgets that tokens refused PINs: the next login is tried.
   *
   * @return how many refusals there were
   * @throws OperatorException if the directory cannot be written
   */
  public static int retry(Path directory) {
    try {
      return new PinRecords(directory).forgetAll();
    } catch (IOException e) {
      throw new OperatorException(
          "cannot change " + directory + ": " + SystemWords.of(e),
          "run as the user that keywrap serves as");
    }
  }

  Path directory() {
    return directory.path();
  }

  /**
   * Waits until nobody else tries a PIN at the token.
   *
   * @throws IOException if the directory cannot be written, or nobody comes to an end
   */
  LoginLock lock(DeviceIdentity token, Deadline deadline) throws IOException {
    directory.make();
    return LoginLock.acquire(directory.file("pin-lock-" + token.fileName()), deadline);
  }

  PinRecord of(DeviceIdentity token, long userType, String place) {
    return new PinRecord(directory, prefix(token, userType) + DeviceIdentity.fileName(place));
  }

  /** The record that the token refused the PIN of that source, be it under another name. */
  Optional<PinRecord> refusal(DeviceIdentity token, long userType, String source)
      throws IOException {
    for (String name : directory.names(prefix(token, userType))) {
      PinRecord record = new PinRecord(directory, name);
      if (record.forbids(source)) {
        return Optional.of(record);
      }
    }
    return Optional.empty();
  }

  private static String prefix(DeviceIdentity token, long userType) {
    return PREFIX + token.fileName() + "-" + Long.toHexString(userType) + "-";
  }

  private int forgetAll() throws IOException {
    List<String> records = directory.names(PREFIX);
    for (String name : records) {
      directory.remove(name);
    }
    return records.size();
  }
}
