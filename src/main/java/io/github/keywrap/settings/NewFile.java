package io.github.keywrap.settings;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a file that must not exist: whole or not at all, on disk before success is reported, mode
 * 0600, never over an existing file. A lock on {@code <path>.lock} keeps a second writer out.
 */
public final class NewFile {
  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private NewFile() {}

  /**
   * Writes the file.
   *
   * @throws OperatorException if the file exists, another process is writing it, or writing fails
   */
  public static void write(Path path, byte[] content) {
    Path lockPath = path.resolveSibling(path.getFileName() + ".lock");
    try (FileChannel lockFile =
            FileChannel.open(lockPath, Set.of(CREATE, WRITE, NOFOLLOW_LINKS), PRIVATE);
        FileLock lock = tryLock(lockFile)) {
      if (lock == null) {
        throw new OperatorException(
            "another process is writing " + path, "wait until it has ended");
      }
      writeLocked(path, content);
    } catch (IOException e) {
      throw new OperatorException(
          path + " cannot be written: " + reason(e),
          "check that its folder exists, that this user may write there, and that there is space");
    }
  }

  private static @Nullable FileLock tryLock(FileChannel lockFile) throws IOException {
    try {
      return lockFile.tryLock();
    } catch (OverlappingFileLockException heldByThisProcess) {
      return null;
    }
  }

  private static void writeLocked(Path path, byte[] content) throws IOException {
    if (Files.exists(path, NOFOLLOW_LINKS)) {
      throw new OperatorException(
          path + " exists and is not overwritten",
          "if it is a key, what was wrapped with it could never be opened again; choose another name");
    }
    Path temporary = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    try {
      try (FileChannel out = FileChannel.open(temporary, Set.of(CREATE_NEW, WRITE), PRIVATE)) {
        for (ByteBuffer rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
          out.write(rest);
        }
        out.force(true);
      }
      Files.move(temporary, path, ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    forceFolder(path);
  }

  /** Makes the rename itself durable: fsync(2) on the folder. */
  private static void forceFolder(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    try (FileChannel channel = FileChannel.open(folder == null ? path : folder, READ)) {
      channel.force(true);
    }
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.NoSuchFileException
        ? "its folder does not exist"
        : SystemWords.of(e);
  }
}
