package io.github.keywrap.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SystemWords;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Writes a file that must not exist: whole or not at all, on disk before success is reported, mode
 * 0600, never over an existing file, and nothing beside it. Of two who write at once one succeeds.
 */
public final class NewFile {
  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final String NEW = ".new";

  private NewFile() {}

  /**
   * Writes the file.
   *
   * @throws OperatorException if the file exists or writing fails
   */
  public static void write(Path path, byte[] content) {
    try {
      refuseExisting(path);
      removeLeftovers(path);
      Path temporary = path.resolveSibling(path.getFileName() + "." + UUID.randomUUID() + NEW);
      try {
        DurableFile.create(temporary, content, PRIVATE);
        publish(temporary, path);
      } finally {
        Files.deleteIfExists(temporary);
      }
      DurableFile.forceFolder(path);
    } catch (IOException e) {
      throw new OperatorException(
          path + " cannot be written: " + SystemWords.of(e),
          "check that its folder exists, that this user may write there, and that there is space");
    }
  }

  private static void refuseExisting(Path path) {
    if (Files.exists(path, NOFOLLOW_LINKS)) {
      throw new OperatorException(
          path + " exists and is not overwritten",
          "if it is a key, what was wrapped with it could never be opened again; choose another name");
    }
  }

  /** What a process left behind that was ended while it wrote; a live one takes no minute. */
  private static void removeLeftovers(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    Instant old = Instant.now().minus(Duration.ofMinutes(1));
    try (Stream<Path> files = Files.list(folder == null ? path : folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(path.getFileName() + ".")
            && name.endsWith(NEW)
            && Files.getLastModifiedTime(file, NOFOLLOW_LINKS).toInstant().isBefore(old)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** A link takes no name that is taken (link(2)), as a rename does. */
  private static void publish(Path temporary, Path path) throws IOException {
    try {
      Files.createLink(path, temporary);
    } catch (FileAlreadyExistsException e) {
      refuseExisting(path);
      throw e;
    } catch (UnsupportedOperationException | FileSystemException noLinksThere) {
      refuseExisting(path);
      Files.move(temporary, path, ATOMIC_MOVE);
    }
  }
}
