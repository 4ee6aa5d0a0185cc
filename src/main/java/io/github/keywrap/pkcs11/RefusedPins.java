package io.github.keywrap.pkcs11;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.domain.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Refused PINs, in files that outlive the process: for each token what its PIN's source looked like
 * (device, inode, times and size), never the PIN nor anything made from it.
 */
final class RefusedPins {
  /** For the threads of this process; a file lock is the process's. */
  private static final ReentrantLock IN_PROCESS = new ReentrantLock();

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** As long as a record can be, so that a full disk is noticed in time. */
  private static final String ROOM_FOR_A_RECORD = "room\n".repeat(1_000);

  private static final long AGAIN_MILLIS = 20;
  private static final String PREFIX = "pin-refused-";

  private final Path directory;

  RefusedPins(Path directory) {
    this.directory = directory;
  }

  /** Held while a PIN is tried, by one process of the node. */
  static final class Lock implements AutoCloseable {
    private final FileChannel channel;

    private Lock(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void close() throws IOException {
      try {
        channel.close();
      } finally {
        IN_PROCESS.unlock();
      }
    }
  }

  /**
   * Waits until nobody else tries a PIN, but not for ever: another login may hang in its library.
   *
   * @throws IOException if nothing can be written in the state directory, or somebody else does not
   *     come to an end
   */
  Lock lock() throws IOException {
    Deadline deadline = Deadline.after(PATIENCE);
    lockInProcess(deadline);
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      FileChannel channel = FileChannel.open(directory.resolve("pin.lock"), CREATE, WRITE);
      lock(channel, deadline);
      // Proof that a record can be written, before there is one to write.
      write(directory.resolve("pin.probe"), ROOM_FOR_A_RECORD);
      return new Lock(channel);
    } catch (IOException | RuntimeException e) {
      IN_PROCESS.unlock();
      throw e;
    }
  }

  private static void lockInProcess(Deadline deadline) throws IOException {
    try {
      if (!IN_PROCESS.tryLock(deadline.remaining().toNanos(), NANOSECONDS)) {
        throw new IOException("another key of this process is still trying its PIN");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** A file lock can only be waited for without a limit, or be asked for again and again. */
  private static void lock(FileChannel channel, Deadline deadline) throws IOException {
    try {
      while (channel.tryLock() == null) {
        if (deadline.isExpired()) {
          throw new IOException("another process is still trying a PIN");
        }
        Thread.sleep(AGAIN_MILLIS);
      }
    } catch (InterruptedException e) {
      channel.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  Path directory() {
    return directory;
  }

  /** Whether this token refused the PIN of this source. */
  boolean holds(String serial, String source) throws IOException {
    Path file = file(serial);
    return Files.exists(file) && Files.readAllLines(file, UTF_8).contains("source " + source);
  }

  /** Records a refusal; on disk when this returns. */
  void record(String serial, String source, String reason) throws IOException {
    write(
        file(serial),
        "token serial %s%nsource %s%nreason %s%nat %s%n"
            .formatted(serial, source, reason, Instant.now()));
  }

  private void write(Path file, String content) throws IOException {
    Path next = directory.resolve(file.getFileName() + ".next");
    try (FileChannel channel = FileChannel.open(next, CREATE, TRUNCATE_EXISTING, WRITE)) {
      ByteBuffer bytes = UTF_8.encode(content);
      while (bytes.hasRemaining()) {
        int _ = channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(directory)) {
      folder.force(true);
    }
  }

  void forget(String serial) throws IOException {
    boolean _ = Files.deleteIfExists(file(serial));
  }

  /**
   * Forgets all refusals.
   *
   * @return how many there were
   */
  int forgetAll() throws IOException {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Lock _ = lock();
        Stream<Path> files = Files.list(directory)) {
      List<Path> records =
          files.filter(file -> file.getFileName().toString().startsWith(PREFIX)).toList();
      for (Path file : records) {
        Files.delete(file);
      }
      return records.size();
    }
  }

  private Path file(String serial) {
    return directory.resolve(PREFIX + HexFormat.of().formatHex(serial.getBytes(UTF_8)));
  }
}
