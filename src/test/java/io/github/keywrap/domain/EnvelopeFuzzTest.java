package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Parsing never throws, and what it accepts is written back byte for byte. Runs on the seeds beside
 * it in an ordinary build, and on made-up inputs with {@code make fuzz}.
 */
final class EnvelopeFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void parsesAnything(byte[] input) {
    if (Envelope.parse(input) instanceof Envelope.Parsed.WellFormed(Envelope envelope)) {
      assertThat(envelope.encode()).isEqualTo(input);
      assertThat(input)
          .hasSize(
              Envelope.length(envelope.keyId(), envelope.iv().length, envelope.sealed().length));
    }
  }
}
