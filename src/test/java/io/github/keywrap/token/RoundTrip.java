package io.github.keywrap.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import java.time.Duration;

/** Wraps, and opens it again. */
final class RoundTrip {
  private static final Duration CALL = Duration.ofSeconds(5);
  private static final Duration RECOVERY = Duration.ofSeconds(10);

  private RoundTrip() {}

  static void of(KeyWrapper wrapper) {
    try (SecretBytes secret = SecretBytes.owning(new byte[32])) {
      WrappedKey wrapped = wrapper.wrap(secret, Deadline.after(CALL));
      try (SecretBytes opened = wrapper.unwrap(wrapped, Deadline.after(CALL))) {
        assertThat(opened.expose()).isEqualTo(new byte[32]);
      }
    }
  }

  /** Waits until it can, without doing anything else about it. */
  static void awaitOf(KeyWrapper wrapper) {
    await()
        .atMost(RECOVERY)
        .ignoreExceptionsInstanceOf(KmsException.class)
        .untilAsserted(() -> of(wrapper));
  }
}
