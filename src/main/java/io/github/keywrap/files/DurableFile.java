package io.github.keywrap.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/** Writes files that outlive a loss of power: what has returned is on disk (fsync(2)). */
final class DurableFile {
  private static final String NEXT = "next-";

  private DurableFile() {}

  /** Writes a file that must not exist; its name is durable after {@link #forceFolder}. */
  static void create(Path file, byte[] content, FileAttribute<?>... attributes) throws IOException {
    write(file, content, Set.of(CREATE_NEW, WRITE, NOFOLLOW_LINKS), attributes);
  }

  /**
   * Writes over the first bytes of a file that is there, and needs no new space for that: a disk
   * that has filled up meanwhile does not stand in the way.
   */
  static void overwrite(Path file, byte[] content) throws IOException {
    write(file, content, Set.of(WRITE));
  }

  /**
   * Puts a file in the place of another, if there is one, which stays as it is until the new one is
   * whole. Where that fails, nothing is left beside it.
   */
  static void replace(Path file, byte[] content) throws IOException {
    Path next = file.resolveSibling(NEXT + file.getFileName());
    // Not opened, whatever it is: a pipe would be waited for.
    boolean _ = Files.deleteIfExists(next);
    try {
      create(next, content);
      Path _ = Files.move(next, file, ATOMIC_MOVE);
    } finally {
      boolean _ = Files.deleteIfExists(next);
    }
    forceFolder(file);
  }

  private static void write(
      Path file, byte[] content, Set<OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    try (FileChannel out = FileChannel.open(file, options, attributes)) {
      for (ByteBuffer rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
        int _ = out.write(rest);
      }
      out.force(true);
    }
  }

  /** Makes the names in the folder of a file durable. */
  static void forceFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    try (FileChannel channel = FileChannel.open(folder == null ? file : folder, READ)) {
      channel.force(true);
    }
  }
}
