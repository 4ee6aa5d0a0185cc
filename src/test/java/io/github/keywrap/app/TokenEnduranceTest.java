package io.github.keywrap.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.pkcs11.MadeKey;
import io.github.keywrap.pkcs11.Pkcs11Keys;
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
  private static final int PAIRS = 100_000;

  /** What the JVM may take outside of its heap meanwhile; a leak of 1 kB a call is more. */
  private static final long MOST_GROWTH_KIB = 40_000;

  @TempDir private Path folder;

  @Test
  void aHundredThousandWrapsLeakNoMemoryAndNoHandle() throws Exception {
    Pkcs11KeySettings key = TokenKey.in(folder).key("");
    MadeKey _ = Pkcs11Keys.generate(key);
    try (KeyWrapper wrapper = Pkcs11Keys.open(key)) {
      call(wrapper, PAIRS / 5);
      long files = openFiles();
      long before = residentKib();
      call(wrapper, PAIRS);
      assertThat(openFiles()).isLessThanOrEqualTo(files + 2);
      assertThat(residentKib() - before).isLessThan(MOST_GROWTH_KIB);
    }
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
