package io.github.keywrap.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory for what keywrap remembers: small files, made when the first is written, mode 0700.
 * What a method that writes has returned from is on disk.
 *
 * @param path may not exist yet
 */
public record StateDirectory(Path path) {
  /**
   * Makes it, and the directories above it, if it is not there.
   *
   * @throws IOException if it cannot be made
   */
  public void make() throws IOException {
    if (!Files.isDirectory(path)) {
      Path _ =
          Files.createDirectories(
              path,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /** A file in it, which may not exist. */
  public Path file(String name) {
    return path.resolve(name);
  }

  /**
   * Reads a file.
   *
   * @param most longest content in bytes
   * @throws NoSuchFileException if it does not exist
   * @throws IOException if it is no regular file, is longer, or cannot be read
   */
  public byte[] read(String name, int most) throws IOException {
    return SmallFile.read(file(name), most);
  }

  /**
   * Writes a file anew, whole or not at all.
   *
   * @throws IOException if it cannot be written; what was there is as it was
   */
  public void replace(String name, byte[] content) throws IOException {
    make();
    DurableFile.replace(file(name), content);
  }

  /**
   * Writes over the same bytes of a file that is there, so that a disk that has filled up does not
   * stand in the way, and a new one otherwise.
   *
   * @param content always of the same length
   * @throws IOException if it cannot be written
   */
  public void overwrite(String name, byte[] content) throws IOException {
    if (Files.exists(file(name))) {
      DurableFile.overwrite(file(name), content);
      DurableFile.forceFolder(file(name));
    } else {
      replace(name, content);
    }
  }

  /** Removes a file, if it is there. */
  public void remove(String name) throws IOException {
    boolean _ = Files.deleteIfExists(file(name));
  }

  /** Names of the files that begin so; none if there is no directory. */
  public List<String> names(String prefix) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .toList();
    }
  }
}
