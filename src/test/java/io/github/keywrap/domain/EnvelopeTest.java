package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class EnvelopeTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final KeyId KEY_ID = KeyId.of("local", "ab");
  private static final byte[] IV = HEX.parseHex("000102030405060708090a0b");
  private static final byte[] SEALED = HEX.parseHex("11".repeat(17));

  private static final String MAGIC = "6b777201";
  private static final String ID = "08" + "6c6f63616c3a6162";
  private static final String NONCE = "0c" + "000102030405060708090a0b";
  private static final String REST = "11".repeat(17);

  @Test
  void laysItsBytesOutAsDocumented() {
    Envelope envelope = new Envelope(Algorithm.AES_GCM, KEY_ID, IV, SEALED);
    assertThat(HEX.formatHex(envelope.encode())).isEqualTo(MAGIC + "01" + ID + NONCE + REST);
    assertThat(HEX.formatHex(envelope.associatedData())).isEqualTo(MAGIC + "01" + ID);
    assertThat(Envelope.length(KEY_ID, IV.length, SEALED.length))
        .isEqualTo(envelope.encode().length);
  }

  @Test
  void readsWhatItWrites() {
    byte[] bytes = new Envelope(Algorithm.SM4_GCM, KEY_ID, IV, SEALED).encode();
    Envelope read = wellFormed(bytes);
    assertThat(read.algorithm()).isEqualTo(Algorithm.SM4_GCM);
    assertThat(read.keyId()).isEqualTo(KEY_ID);
    assertThat(read.iv()).isEqualTo(IV);
    assertThat(read.sealed()).isEqualTo(SEALED);
    assertThat(read.encode()).isEqualTo(bytes);
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("", "magic"),
        Arguments.of("6b7772", "magic"),
        Arguments.of("6b777202" + "01" + ID + NONCE + REST, "magic"),
        Arguments.of("6b777301" + "01" + ID + NONCE + REST, "magic"),
        Arguments.of(MAGIC, "header"),
        Arguments.of(MAGIC + "01", "header"),
        Arguments.of(MAGIC + "00" + ID + NONCE + REST, "algorithm 0"),
        Arguments.of(MAGIC + "07" + ID + NONCE + REST, "algorithm 7"),
        Arguments.of(MAGIC + "ff" + ID + NONCE + REST, "algorithm 255"),
        Arguments.of(MAGIC + "01" + "00" + NONCE + REST, "key id"),
        Arguments.of(MAGIC + "01" + "ff" + NONCE + REST, "key id"),
        Arguments.of(MAGIC + "01" + "08" + "6c6f63616c3a61", "key id"),
        Arguments.of(MAGIC + "01" + "08" + "6c6f63616c3a0a61" + NONCE + REST, "key id"),
        Arguments.of(MAGIC + "01" + "08" + "6c6f63616c3ae962" + NONCE + REST, "key id"),
        Arguments.of(MAGIC + "01" + "02" + "6162" + NONCE + REST, "key id"),
        Arguments.of(MAGIC + "01" + ID, "IV"),
        Arguments.of(MAGIC + "01" + ID + "00" + REST, "IV"),
        Arguments.of(MAGIC + "01" + ID + "0b" + "00".repeat(11) + REST, "IV"),
        Arguments.of(MAGIC + "01" + ID + "11" + "00".repeat(17) + REST, "IV"),
        Arguments.of(MAGIC + "01" + ID + "0c" + "00".repeat(11), "IV"),
        Arguments.of(MAGIC + "01" + ID + NONCE, "too short"),
        Arguments.of(MAGIC + "01" + ID + NONCE + "11".repeat(16), "too short"),
        Arguments.of(MAGIC + "01" + ID + NONCE + "11".repeat(4_160), "too long"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesWhatIsNotExactlyOneEnvelope(String hex, String reason) {
    assertThat(Envelope.parse(HEX.parseHex(hex)))
        .isInstanceOfSatisfying(
            Envelope.Parsed.Malformed.class, m -> assertThat(m.reason()).contains(reason));
  }

  @Test
  void refusesEveryTruncationOfAnEnvelope() {
    byte[] bytes = new Envelope(Algorithm.AES_GCM, KEY_ID, IV, SEALED).encode();
    assertThat(IntStream.range(0, bytes.length))
        .allSatisfy(
            length ->
                assertThat(Envelope.parse(Arrays.copyOf(bytes, length)))
                    .isInstanceOf(Envelope.Parsed.Malformed.class));
  }

  @Test
  void cannotBeMadeWithImpossibleLengths() {
    assertThatThrownBy(() -> new Envelope(Algorithm.AES_GCM, KEY_ID, new byte[11], SEALED))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Envelope(Algorithm.AES_GCM, KEY_ID, IV, new byte[16]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Envelope wellFormed(byte[] bytes) {
    return switch (Envelope.parse(bytes)) {
      case Envelope.Parsed.WellFormed(Envelope envelope) -> envelope;
      case Envelope.Parsed.Malformed(String reason) -> throw new AssertionError(reason);
    };
  }
}
