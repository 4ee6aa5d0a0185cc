package io.github.keywrap.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** A path that a socket may be placed at. Only looks, never changes anything. */
final class SocketPath {
  /** Longest path in bytes that the JDK binds to; {@code sun_path} of unix(7) has 108. */
  private static final int MAX_LENGTH = 106;

  /** What stands at the path now. */
  enum Occupant {
    NOTHING,
    /** A socket that nobody listens on. */
    DEAD_SOCKET,
    /** A socket that somebody accepts connections on. */
    LIVE_SOCKET
  }

  private final Path path;
  private final Path parent;

  private SocketPath(Path path, Path parent) {
    this.path = path;
    this.parent = parent;
  }

  /**
   * @throws OperatorException if the path is too long, or its folder is missing or not safe
   */
  static SocketPath of(Path given) {
    Path path = given.toAbsolutePath().normalize();
    Path parent = path.getParent();
    if (parent == null) {
      throw new OperatorException("socket path " + path + " is a folder", "name a file");
    }
    SocketPath socketPath = new SocketPath(path, parent);
    socketPath.requireLength();
    socketPath.requireSafeParent();
    return socketPath;
  }

  Path path() {
    return path;
  }

  Path parent() {
    return parent;
  }

  Path sibling(String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  /** Makes the folder if it is not there, and the one above it is. */
  void makeParent() throws IOException {
    if (!Files.exists(parent)) {
      Path made = Files.createDirectory(parent);
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private void requireLength() {
    int length = path.toString().getBytes(UTF_8).length;
    int excess = length - MAX_LENGTH;
    if (excess > 0) {
      throw new OperatorException(
          "socket path %s is %d bytes long, %d too many for a Unix domain socket"
              .formatted(path, length, excess),
          "choose a shorter folder");
    }
  }

  private void requireSafeParent() {
    try {
      PosixFileAttributes attributes = Files.readAttributes(parent, PosixFileAttributes.class);
      if (!attributes.isDirectory()) {
        throw new OperatorException(parent + " is not a folder", "name a socket in a folder");
      }
      if (attributes.permissions().contains(OTHERS_WRITE)
          || attributes.permissions().contains(GROUP_WRITE)) {
        throw new OperatorException(
            "others may write to folder "
                + parent
                + ", and could put a socket of their own in place of this one",
            "chmod go-w " + parent + ", or choose a folder of its own");
      }
    } catch (NoSuchFileException e) {
      throw new OperatorException(
          "folder " + parent + " of the socket does not exist", "install -d -m 0755 " + parent);
    } catch (IOException e) {
      throw new OperatorException(
          "folder " + parent + " of the socket cannot be examined", "run as a user who may");
    }
  }

  /**
   * @throws OperatorException if it is anything but a socket, or it cannot be told
   */
  Occupant occupant() {
    try {
      PosixFileAttributes attributes =
          Files.readAttributes(path, PosixFileAttributes.class, NOFOLLOW_LINKS);
      if (!attributes.isOther() || !isSocket()) {
        String what =
            attributes.isSymbolicLink()
                ? "a link"
                : attributes.isDirectory() ? "a folder" : "a file";
        throw new OperatorException(
            path + " is " + what + ", not a socket", "move it away, or choose another path");
      }
      return isAccepting() ? Occupant.LIVE_SOCKET : Occupant.DEAD_SOCKET;
    } catch (NoSuchFileException e) {
      return Occupant.NOTHING;
    } catch (IOException e) {
      if (Files.notExists(path, NOFOLLOW_LINKS)) {
        return Occupant.NOTHING; // Removed between two looks at it.
      }
      throw new OperatorException(
          "cannot tell whether a process listens on " + path + ": " + SystemWords.of(e),
          "find out who uses it: ss -xlp | grep " + path.getFileName());
    }
  }

  private boolean isSocket() throws IOException {
    return isSocket(path, NOFOLLOW_LINKS);
  }

  /** S_IFSOCK of inode(7): the JDK alone tells sockets, pipes and devices apart by no name. */
  static boolean isSocket(Path path, LinkOption... options) throws IOException {
    int mode = (Integer) Files.getAttribute(path, "unix:mode", options);
    return (mode & 0170000) == 0140000;
  }

  /** Without waiting: a connection that is not refused at once has a listener. */
  private boolean isAccepting() throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.configureBlocking(false);
      boolean _ = channel.connect(UnixDomainSocketAddress.of(path));
      return true;
    } catch (ConnectException refused) {
      return false;
    }
  }

  /** Device and inode of what stands there; empty if nothing does. */
  Optional<Object> fileKey() {
    try {
      return Optional.ofNullable(
          Files.readAttributes(path, PosixFileAttributes.class, NOFOLLOW_LINKS).fileKey());
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
