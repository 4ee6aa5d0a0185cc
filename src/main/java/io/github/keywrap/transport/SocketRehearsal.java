package io.github.keywrap.transport;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;

/**
 * Tries what it takes to put a socket at a path, with a file in its place: what would fail when
 * serving begins fails here, with the same words. Leaves nothing behind.
 */
final class SocketRehearsal {
  private SocketRehearsal() {}

  /**
   * @param group of the socket file; empty: that of the process
   * @throws OperatorException if this user may not write to the folder, or not give a file to the
   *     group
   */
  static void run(SocketPath path, String group) {
    Path lock = path.sibling(".lock");
    if (Files.exists(lock, NOFOLLOW_LINKS) && !Files.isWritable(lock)) {
      throw new OperatorException(
          "lock file " + lock + " cannot be written by this user",
          "run as the user who serves there, or chown it");
    }
    try (PrivateFolder folder = PrivateFolder.in(path.parent())) {
      giveTo(group, Files.createFile(folder.file()));
    } catch (IOException e) {
      throw notInFolder(path, e);
    }
  }

  static OperatorException notInFolder(SocketPath path, IOException failure) {
    return new OperatorException(
        "socket %s cannot be put into its folder: %s".formatted(path, SystemWords.of(failure)),
        "run as a user who may write to " + path.parent() + ", or chown it");
  }

  /**
   * @throws OperatorException if it cannot be given to the group
   */
  static void giveTo(String group, Path file) {
    if (group.isEmpty()) {
      return;
    }
    PosixFileAttributeView view =
        Files.getFileAttributeView(file, PosixFileAttributeView.class, NOFOLLOW_LINKS);
    try {
      view.setGroup(
          file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
    } catch (IOException e) {
      throw new OperatorException(
          "the socket cannot be given to group %s: %s".formatted(group, SystemWords.of(e)),
          "run as root or as a member of the group; or set keywrap.socket.group to one of this"
              + " user's groups");
    }
  }
}
