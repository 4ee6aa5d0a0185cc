package io.github.keywrap.transport;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/**
 * A folder of mode 0700 beside the socket, in which it is bound: there nobody can connect before
 * its mode and group are set.
 */
final class PrivateFolder implements AutoCloseable {
  private static final String SOCKET = "s";

  /** As long as the longest path of a socket in such a folder, relative to its parent. */
  static final String LONGEST_SOCKET = ".12345/" + SOCKET;

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

  Path socket() {
    return folder.resolve(SOCKET);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(socket());
    Files.deleteIfExists(folder);
  }
}
