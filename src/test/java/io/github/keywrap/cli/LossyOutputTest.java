package io.github.keywrap.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

final class LossyOutputTest {
  private static final byte[] LINE = "123456789\n".getBytes(US_ASCII);
  private static final Duration LONG = Duration.ofSeconds(10);

  private final Reader reader = new Reader();
  private final LossyOutput output = new LossyOutput(reader, 10 * LINE.length);

  @Test
  void writesWhatItIsGiven() throws Exception {
    reader.reads.release(2);
    output.write(LINE);
    output.write(LINE);
    output.drain(LONG);
    assertThat(reader.text()).isEqualTo("123456789\n123456789\n");
    assertThat(output.dropped()).isZero();
  }

  @Test
  void nobodyWaitsForAReaderAndWhatIsDroppedIsToldInItsPlace() throws Exception {
    for (int i = 0; i < 100; i++) {
      output.write(LINE);
    }
    long dropped = output.dropped();
    assertThat(dropped).isBetween(89L, 90L);
    reader.reads.release(1_000);
    output.drain(LONG);
    output.write("after\n".getBytes(US_ASCII));
    output.drain(LONG);
    assertThat(reader.text())
        .endsWith(
            "123456789\nwarning: "
                + dropped
                + " lines are missing here: nobody read the output, or it could not be written\n"
                + "after\n");
  }

  @Test
  void whatCannotBeWrittenIsCountedAndIsNoLoop() throws Exception {
    reader.fails = true;
    reader.reads.release(1_000);
    output.write(LINE);
    output.drain(LONG);
    output.write(LINE);
    output.drain(LONG);
    assertThat(output.dropped()).isEqualTo(2);
    assertThat(reader.reads.availablePermits()).isGreaterThan(990);
    reader.fails = false;
    output.write(LINE);
    output.drain(LONG);
    assertThat(reader.text()).startsWith("warning: 2 lines are missing").endsWith("123456789\n");
  }

  @Test
  void drainingEndsThoughNobodyReads() throws Exception {
    output.write(LINE);
    long start = System.nanoTime();
    output.drain(Duration.ofMillis(50));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
    assertThat(reader.text()).isEmpty();
    reader.reads.release();
    await().until(() -> !reader.text().isEmpty());
  }

  /** Takes a chunk for each permit. */
  private static final class Reader extends OutputStream {
    final Semaphore reads = new Semaphore(0);
    volatile boolean fails;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      throw new AssertionError("one byte at a time");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      reads.acquireUninterruptibly();
      if (fails) {
        throw new IOException("no room");
      }
      read.write(bytes, offset, length);
    }

    String text() {
      return read.toString(US_ASCII);
    }
  }
}
