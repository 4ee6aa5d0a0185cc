package io.github.keywrap.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.keywrap.domain.SystemWords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a socket path: an advisory lock on {@code <path>.lock}, which the kernel gives back
 * when the process ends, however it ends. The file stays, with the last holder's process id in it:
 * removing it would let two processes lock two files of one name. A process id says nothing without
 * its namespace: in each container there is a process 1.
 */
final class SocketLock implements AutoCloseable {
  private static final Logger LOG = System.getLogger(SocketLock.class.getName());
  private static final Path OWN_NAMESPACE = Path.of("/proc/self/ns/pid");
  private static final int PID_LENGTH = 20;
  private static final int NAMESPACE_LENGTH = 30;
  private static final String SOMEBODY = "another keywrap";

  private final FileChannel channel;
  private final Optional<Object> fileKey;

  private SocketLock(FileChannel channel, Optional<Object> fileKey) {
    this.channel = channel;
    this.fileKey = fileKey;
  }

  /** The lock, or null if another process has it. */
  static @Nullable SocketLock tryAcquire(Path lockFile) throws IOException {
    FileChannel channel =
        FileChannel.open(
            lockFile,
            Set.of(CREATE, READ, WRITE, NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    if (tryLock(channel) == null) {
      channel.close();
      return null;
    }
    writeHolder(channel);
    return new SocketLock(channel, fileKey(lockFile));
  }

  /** For messages alone: on a disk that is full, it is locked all the same. */
  private static void writeHolder(FileChannel channel) {
    String holder = "%-" + PID_LENGTH + "d\n%-" + NAMESPACE_LENGTH + "s\n";
    byte[] content =
        holder.formatted(ProcessHandle.current().pid(), ownNamespace()).getBytes(US_ASCII);
    try {
      int _ = channel.write(ByteBuffer.wrap(content), 0);
    } catch (IOException full) {
      LOG.log(Level.DEBUG, "the lock file does not name its holder: {0}", SystemWords.of(full));
    }
  }

  /**
   * Whether others that look for the lock find this one: the file was neither removed nor replaced.
   */
  boolean isAt(Path lockFile) {
    Optional<Object> there = fileKey(lockFile);
    return there.isPresent() && there.equals(fileKey);
  }

  private static Optional<Object> fileKey(Path file) {
    try {
      return Optional.ofNullable(
          Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS).fileKey());
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /** For example {@code pid:[4026531836]}, see pid_namespaces(7); empty if it cannot be told. */
  private static String ownNamespace() {
    try {
      return Files.readSymbolicLink(OWN_NAMESPACE).toString();
    } catch (IOException | UnsupportedOperationException notTold) {
      return "";
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldByThisProcess) {
      return null;
    }
  }

  /**
   * Who holds the lock, for messages. The file may still name the holder before, if the lock was
   * taken only just now: a process that does not live is not named. One in another container, which
   * cannot be seen from here, is.
   */
  static String holder(Path lockFile) {
    try (FileChannel channel = FileChannel.open(lockFile, READ, NOFOLLOW_LINKS)) {
      ByteBuffer buffer = ByteBuffer.allocate(PID_LENGTH + NAMESPACE_LENGTH + 2);
      int _ = channel.read(buffer);
      String[] lines = new String(buffer.array(), US_ASCII).split("\n", -1);
      long pid = Long.parseLong(lines[0].strip());
      String namespace = lines.length > 1 ? lines[1].strip() : "";
      if (namespace.startsWith("pid:") && !namespace.equals(ownNamespace())) {
        return "a keywrap in another container, where it is process " + pid;
      }
      return ProcessHandle.of(pid).isPresent() ? "process " + pid : SOMEBODY;
    } catch (IOException | NumberFormatException unreadable) {
      return SOMEBODY;
    }
  }

  /** Gives the lock back. The kernel does it anyway when the process ends. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
