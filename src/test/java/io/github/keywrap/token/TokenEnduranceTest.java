package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.pkcs11.Pkcs11BackEnd;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many calls leave nothing behind. */
final class TokenEnduranceTest {
  private static final int BATCHES = 3;
  private static final int PAIRS = 40_000;

  /** A leak of 1 kB a pair is 40,000 in every batch. */
  private static final long MAX_GROWTH_KIB = 15_000;

  @TempDir private Path folder;

  @Test
  void aHundredThousandWrapsLeakNoMemoryAndNoHandle() throws Exception {
    Pkcs11KeySettings key = TokenKey.in(folder).key("");
    String _ = new Pkcs11BackEnd(key).generate();
    try (KeyWrapper wrapper = new Pkcs11BackEnd(key).open()) {
      call(wrapper, PAIRS / 2);
      long files = openFiles();
      assertThat(leastGrowthKib(() -> call(wrapper, PAIRS))).isLessThan(MAX_GROWTH_KIB);
      assertThat(openFiles()).isLessThanOrEqualTo(files + 2);
    }
  }

  /**
   * By how much a batch made memory outside of the heap grow, the one with the least: the JVM
   * compiles, and uses pages of its heap for the first time, in some of them; a leak is in each.
   */
  private static long leastGrowthKib(Runnable batch) throws IOException {
    long least = Long.MAX_VALUE;
    for (int number = 1; number <= BATCHES; number++) {
      long before = residentKib();
      batch.run();
      least = Math.min(least, residentKib() - before);
    }
    return least;
  }

  private static void call(KeyWrapper wrapper, int times) {
    byte[] plaintext = new byte[32];
    for (int i = 0; i < times; i++) {
      Deadline deadline = Deadline.after(Duration.ofSeconds(5));
      try (SecretBytes secret = SecretBytes.owning(plaintext.clone())) {
        WrappedKey wrapped = wrapper.wrap(secret, deadline);
        wrapper.unwrap(wrapped, deadline).close();
      }
    }
  }

  private static long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  /** Resident memory outside of the heap. */
  private static long residentKib() throws IOException {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted() / 1_024;
    return -heap
        + Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .map(line -> line.replaceAll("\\D", ""))
            .mapToLong(Long::parseLong)
            .findFirst()
            .orElseThrow();
  }
}
