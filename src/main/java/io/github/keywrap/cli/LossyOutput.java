package io.github.keywrap.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.keywrap.domain.Deadline;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An output that nobody ever waits for. A pipe that nobody reads holds whoever writes to it: here
 * that is a thread which does nothing else. What waits for that thread is bounded; what does not
 * fit is dropped and counted, and the count is written in its place once there is room again.
 *
 * <p>JBoss LogManager's asynchronous handler does not count what it drops, begins only when the
 * framework has started, and waits for the pipe when it is closed.
 */
final class LossyOutput extends OutputStream {
  private final OutputStream out;
  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Chunk> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private boolean isWriting;
  private boolean isFull;
  private long dropped;
  private long toldOf;

  /** What is written at once, and of how many dropped lines it tells. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Chunk(byte[] bytes, long lines, long tells) {}

  /**
   * Begins to copy to {@code out}; closing this does not close that.
   *
   * @param capacity bytes that may wait
   */
  LossyOutput(OutputStream out, int capacity) {
    this.out = out;
    this.capacity = capacity;
    Thread _ = Thread.ofPlatform().name("output").daemon().start(this::copy);
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
    lock.lock();
    try {
      isFull = waitingBytes + length > (isFull ? capacity / 2 : capacity);
      if (isFull) {
        dropped += lines(copy);
      } else {
        add(copy);
      }
    } finally {
      lock.unlock();
    }
  }

  private void add(byte[] bytes) {
    long missing = dropped - toldOf;
    toldOf = dropped;
    if (missing > 0) {
      byte[] told =
          "warning: %d lines are missing here: nobody read the output, or it could not be written%n"
              .formatted(missing)
              .getBytes(US_ASCII);
      waiting.add(new Chunk(told, 0, missing));
    }
    waiting.add(new Chunk(bytes, lines(bytes), 0));
    waitingBytes += bytes.length;
    changed.signalAll();
  }

  private static long lines(byte[] bytes) {
    long lines = 0;
    for (byte b : bytes) {
      lines += b == '\n' ? 1 : 0;
    }
    return lines;
  }

  /** Lines that nobody will read. */
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all is written, for {@code most} at the longest. */
  void drain(Duration most) throws InterruptedException {
    Deadline deadline = Deadline.after(most);
    lock.lock();
    try {
      while ((isWriting || !waiting.isEmpty()) && !deadline.isExpired()) {
        long _ = changed.awaitNanos(deadline.remaining().toNanos());
      }
    } finally {
      lock.unlock();
    }
  }

  private void copy() {
    while (true) {
      Chunk chunk = next();
      boolean isWritten = write(chunk);
      lock.lock();
      try {
        isWriting = false;
        if (!isWritten) {
          dropped += chunk.lines();
          toldOf -= chunk.tells();
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private Chunk next() {
    lock.lock();
    try {
      Chunk chunk = waiting.poll();
      while (chunk == null) {
        changed.awaitUninterruptibly();
        chunk = waiting.poll();
      }
      isWriting = true;
      waitingBytes -= chunk.tells() > 0 ? 0 : chunk.bytes().length;
      return chunk;
    } finally {
      lock.unlock();
    }
  }

  private boolean write(Chunk chunk) {
    try {
      out.write(chunk.bytes());
      out.flush();
      return true;
    } catch (IOException nobodyTakesIt) {
      return false;
    }
  }
}
