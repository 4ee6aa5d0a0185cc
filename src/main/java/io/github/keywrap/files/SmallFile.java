package io.github.keywrap.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Reads a file that is small if it is what it should be. Whatever it is in fact, reading it ends,
 * and takes no more memory than a small one does: nothing but a regular file is opened, as opening
 * a pipe waits for its writer, and no more than the limit is read, as a device has no size.
 */
public final class SmallFile {
  private SmallFile() {}

  /** A file is not what it should be. */
  public static final class UnfitException extends FileSystemException {
    private final String reason;

    private UnfitException(Path path, String reason) {
      super(path.toString(), null, reason);
      this.reason = reason;
    }

    @Override
    public String getReason() {
      return reason;
    }
  }

  /**
   * Reads the whole file; links are followed.
   *
   * @param most longest content in bytes
   * @throws java.nio.file.NoSuchFileException if it does not exist
   * @throws IOException if it is no regular file, longer than that, or cannot be read; the message
   *     says which
   */
  public static byte[] read(Path path, int most) throws IOException {
    if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
      throw new UnfitException(path, "is no regular file");
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(most + 1);
      if (content.length > most) {
        throw new UnfitException(path, "is over " + most + " bytes");
      }
      return content;
    }
  }
}
