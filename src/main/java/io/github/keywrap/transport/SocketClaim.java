package io.github.keywrap.transport;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.process.Umask;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The right to serve on a socket path, held from {@link #acquire} to {@link #close}. Two processes
 * never hold it at once; a socket that somebody listens on is never replaced; what others put at
 * the path is never removed.
 */
public final class SocketClaim implements AutoCloseable {
  private static final Logger LOG = System.getLogger(SocketClaim.class.getName());

  private final SocketPath path;
  private final Set<PosixFilePermission> mode;
  private final String group;
  private SocketLock lock;
  private volatile Optional<Object> published = Optional.empty();

  private SocketClaim(
      SocketPath path, Set<PosixFilePermission> mode, String group, SocketLock lock) {
    this.path = path;
    this.mode = Set.copyOf(mode);
    this.group = group;
    this.lock = lock;
  }

  /** Something that binds a listening socket to a path. */
  @FunctionalInterface
  interface Binder {
    void bind(Path path) throws IOException;
  }

  /**
   * Waits, for at most {@code takeoverWait}, until no other process serves on the path.
   *
   * @param group name of the group of the socket file; empty: that of the process
   * @param onWait told, once, for whom it waits
   * @throws OperatorException if the path cannot be served on; nothing is touched then
   */
  public static SocketClaim acquire(
      Path given,
      Set<PosixFilePermission> mode,
      String group,
      Duration takeoverWait,
      Consumer<String> onWait) {
    SocketPath path = SocketPath.of(given);
    SocketTakeover takeover = new SocketTakeover(path, Deadline.after(takeoverWait), onWait);
    SocketLock lock = takeover.acquire();
    try {
      SocketRehearsal.run(path, group);
    } catch (OperatorException e) {
      lock.close();
      throw e;
    }
    return new SocketClaim(path, mode, group, lock);
  }

  /**
   * Finds what would keep {@link #acquire} from serving on the path, but for another process that
   * serves there now. Changes nothing.
   *
   * @throws OperatorException what that would throw
   */
  public static void check(Path given, String group) {
    SocketPath path = SocketPath.of(given);
    SocketPath.Occupant _ = path.occupant();
    SocketRehearsal.run(path, group);
  }

  /**
   * Binds the socket and gives it its mode and group: at no moment can anybody connect whom the
   * mode does not allow.
   *
   * @throws OperatorException if something stands at the path that is not a dead socket
   */
  void publish(Binder binder) {
    if (path.occupant() == SocketPath.Occupant.LIVE_SOCKET) {
      throw SocketTakeover.inUse(path, "another program");
    }
    try {
      Files.deleteIfExists(path.path());
      // The kernel names a socket by the path that it was bound to: ss(8) and others look for that.
      Umask.whileOwnersAlone(() -> binder.bind(path.path()));
      published = path.fileKey();
      setOwnership(path.path());
    } catch (IOException e) {
      withdraw();
      throw SocketRehearsal.notInFolder(path, e);
    } catch (OperatorException e) {
      withdraw();
      throw e;
    }
  }

  /**
   * Publishes where the socket, or the whole folder, was removed: makes the folder anew if it may,
   * and takes the lock again if others would no longer find it.
   *
   * @throws OperatorException if somebody else serves there meanwhile, or the path is not safe now
   */
  void publishAgain(Binder binder) throws IOException {
    path.makeParent();
    SocketPath safe = SocketPath.of(path.path());
    Path lockFile = safe.sibling(".lock");
    if (!lock.isAt(lockFile)) {
      SocketLock renewed = SocketLock.tryAcquire(lockFile);
      if (renewed == null) {
        throw SocketTakeover.inUse(safe, SocketLock.holder(lockFile));
      }
      lock.close();
      lock = renewed;
    }
    publish(binder);
  }

  private void setOwnership(Path socket) throws IOException {
    SocketRehearsal.giveTo(group, socket);
    Files.setPosixFilePermissions(socket, mode);
  }

  /** Whether the socket at the path is the one that was published here. */
  public boolean isPublished() {
    Optional<Object> there = path.fileKey();
    return there.isPresent() && there.equals(published);
  }

  /**
   * Takes the socket away, if it is still ours, so that no new client finds it. Our listening
   * socket keeps its inode from being given to another file meanwhile.
   */
  void withdraw() {
    try {
      if (isPublished()) {
        Files.deleteIfExists(path.path());
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "socket {0} could not be removed: {1}", path, SystemWords.of(e));
    }
    published = Optional.empty();
  }

  public Path path() {
    return path.path();
  }

  /** Lets another process have the path. Only after nothing is served on it any more. */
  @Override
  public void close() {
    withdraw();
    lock.close();
  }
}
