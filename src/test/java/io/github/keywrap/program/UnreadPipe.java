package io.github.keywrap.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A named pipe of 64 KiB, open at both ends, that nobody reads until {@link #readUntil} is called.
 */
final class UnreadPipe implements AutoCloseable {
  private static final int CAPACITY = 65_536;
  private static final int PAGE = 4_096;

  private final Path path;
  private final RandomAccessFile ends;
  private final AtomicLong filled = new AtomicLong();

  private UnreadPipe(Path path) throws IOException {
    this.path = path;
    this.ends = new RandomAccessFile(path.toFile(), "rw");
  }

  static UnreadPipe at(Path path) throws Exception {
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    return new UnreadPipe(path);
  }

  Path path() {
    return path;
  }

  /** Leaves no room for anybody else. */
  void fill() {
    Thread _ = Thread.ofPlatform().daemon().start(this::writeUntilItIsFull);
    AtomicLong before = new AtomicLong(-1);
    await()
        .pollInterval(Duration.ofMillis(200))
        .until(() -> filled.get() > CAPACITY / 2 && before.getAndSet(filled.get()) == filled.get());
  }

  private void writeUntilItIsFull() {
    try {
      while (filled.get() < 2 * CAPACITY) {
        ends.write(".".repeat(PAGE - 1).concat("\n").getBytes(UTF_8));
        filled.addAndGet(PAGE);
      }
    } catch (IOException closed) {
      filled.set(0);
    }
  }

  /** Reads until a line has come that contains {@code words}; returns all of it. */
  String readUntil(String words) throws IOException {
    StringBuilder all = new StringBuilder();
    byte[] buffer = new byte[PAGE];
    while (!all.toString().contains(words)) {
      int length = ends.read(buffer);
      all.append(new String(buffer, 0, length, UTF_8));
    }
    return all.toString();
  }

  @Override
  public void close() throws IOException {
    ends.close();
  }
}
