package io.github.keywrap.domain;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DekLengthKeyWrapperTest {
  private final List<String> lines = new ArrayList<>();
  private final Logger logger = Logger.getLogger(DekLengthKeyWrapper.class.getName());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private final KeyWrapper wrapper = new DekLengthKeyWrapper(new FakeKeyWrapper(), "k");

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void stop() {
    logger.removeHandler(handler);
  }

  @Test
  void saysNothingOfTheKeysOfKubeApiserver() {
    unwrap(wrap(32));
    assertThat(lines).isEmpty();
  }

  @Test
  void tellsOnceOfEachDirectionAndRefusesNothing() {
    for (int call = 0; call < 5; call++) {
      assertThat(unwrap(wrap(16))).isEqualTo(16);
    }
    assertThat(lines)
        .hasSize(2)
        .anyMatch(line -> line.contains("asked to wrap 16 bytes"))
        .anyMatch(line -> line.contains("to 16 bytes") && line.contains("restart kube-apiserver"));
  }

  @Test
  void saysNothingOfTheHealthCheckOfKubeApiserver() {
    assertThat(unwrap(wrap("ping".getBytes(US_ASCII)))).isEqualTo(4);
    assertThat(lines).isEmpty();
    assertThat(unwrap(wrap("pong".getBytes(US_ASCII)))).isEqualTo(4);
    assertThat(lines).hasSize(2);
  }

  private WrappedKey wrap(int length) {
    return wrap(new byte[length]);
  }

  private WrappedKey wrap(byte[] plaintext) {
    try (SecretBytes secret = SecretBytes.owning(plaintext)) {
      return wrapper.wrap(secret, soon());
    }
  }

  private int unwrap(WrappedKey wrapped) {
    try (SecretBytes secret = wrapper.unwrap(wrapped, soon())) {
      return secret.length();
    }
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(1));
  }
}
