package io.github.keywrap.transport;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/** A folder of mode 0700 beside the socket, in which its making is tried out. */
final class PrivateFolder implements AutoCloseable {
  private static final String FILE = "s";
  private static final int NAMES = 36 * 36 * 36 * 36 * 36;
  private static final int ATTEMPTS = 20;

  private final Path folder;

  private PrivateFolder(Path folder) {
    this.folder = folder;
  }

  static PrivateFolder in(Path parent) throws IOException {
    SecureRandom random = new SecureRandom();
    for (int attempt = 1; ; attempt++) {
      Path folder = parent.resolve("." + Integer.toString(random.nextInt(NAMES), 36));
      try {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new PrivateFolder(folder);
      } catch (FileAlreadyExistsException taken) {
        if (attempt == ATTEMPTS) {
          throw taken;
        }
      }
    }
  }

  Path file() {
    return folder.resolve(FILE);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file());
    Files.deleteIfExists(folder);
  }
}
