package io.github.keywrap.domain;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlaintextScanTest {
  private static final int ROUNDS = 2_000;

  private final Random random = new Random(7);
  private final byte[] dek = bytes(32);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 7, 16, 200})
  void findsItAtAnyPlaceAsItIsAndInTextAndInAnyAlphabet(int before) {
    byte[] all = join(join(bytes(before), dek), bytes(11));
    assertShown(all);
    assertShown(Base64.getEncoder().encode(all));
    assertShown(Base64.getUrlEncoder().withoutPadding().encode(all));
    assertShown(HexFormat.of().formatHex(all).getBytes(US_ASCII));
    assertShown(HexFormat.of().withUpperCase().formatHex(all).getBytes(US_ASCII));
    String json = "{\"plaintext\":\"" + Base64.getEncoder().encodeToString(dek) + "\"}";
    assertShown(join(bytes(before), json.getBytes(US_ASCII)));
  }

  @Test
  void findsItUnderSeveralLayers() {
    byte[] layer = join(bytes(3), dek);
    for (int layers = 1; layers <= 6; layers++) {
      layer = layers % 3 == 0 ? hex(layer) : Base64.getUrlEncoder().withoutPadding().encode(layer);
      assertShown(layer);
    }
    assertShown(base64(hex(dek)));
    assertShown(hex(base64(dek)));
  }

  /** As programs do that encode what was encoded: base64(1), Vault, JSON within JSON. */
  @Test
  void findsItWhereALayerHasLinesOrSomethingAroundIt() {
    String once = new String(base64(dek), US_ASCII);
    String lines = new String(Base64.getMimeEncoder().encode(ascii(once + "\n")), US_ASCII) + "\n";
    assertShown(ascii(lines));
    assertShown(base64(ascii(lines)));
    assertShown(ascii("vault:v1:" + new String(base64(ascii(once)), US_ASCII)));
    String json = "{\"ciphertext\":\"%s\"}".formatted(once);
    assertShown(ascii("{\"data\":\"%s\"}".formatted(new String(base64(ascii(json)), US_ASCII))));
    assertShown(ascii("x" + once));
  }

  @Test
  void findsHexadecimalWithSeparatorsAndTextOfTwoBytesACharacter() {
    for (String separator : List.of(":", " ", ", ")) {
      assertShown(ascii(HexFormat.ofDelimiter(separator).formatHex(dek)));
    }
    String once = new String(base64(dek), US_ASCII);
    assertShown(once.getBytes(UTF_16LE));
    assertShown(HexFormat.of().formatHex(dek).getBytes(UTF_16));
    assertShown(new String(base64(ascii(once)), US_ASCII).getBytes(UTF_16LE));
  }

  @Test
  void halfOfItIsTooMuch() {
    assertShown(join(bytes(20), Arrays.copyOf(dek, 16)));
  }

  @Test
  void whatIsNotLongerCannotHoldIt() {
    assertShown(bytes(32));
    assertShown(bytes(31));
    assertShown(new byte[0]);
  }

  @Test
  void aCiphertextIsNoneOfThat() {
    for (int round = 0; round < ROUNDS; round++) {
      assertThat(PlaintextScan.shows(bytes(33 + random.nextInt(300)), bytes(32))).isFalse();
      byte[] text = base64(bytes(100));
      assertThat(PlaintextScan.shows(text, bytes(32))).isFalse();
      assertThat(PlaintextScan.shows(base64(text), bytes(32))).isFalse();
      assertThat(PlaintextScan.shows(hex(text), bytes(32))).isFalse();
    }
  }

  /** kube-apiserver's own check of a KMS v1 provider wraps these four bytes. */
  @Test
  void fewBytesOrAlwaysTheSameMayBeThereByChance() {
    byte[] ping = "ping".getBytes(US_ASCII);
    assertThat(PlaintextScan.shows(join(join(bytes(9), ping), bytes(9)), ping)).isFalse();
    assertThat(PlaintextScan.shows(new byte[100], new byte[32])).isFalse();
  }

  private void assertShown(byte[] ciphertext) {
    assertThat(PlaintextScan.shows(ciphertext, dek)).as("%d bytes", ciphertext.length).isTrue();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  private static byte[] base64(byte[] bytes) {
    return Base64.getEncoder().encode(bytes);
  }

  private static byte[] hex(byte[] bytes) {
    return ascii(HexFormat.of().formatHex(bytes));
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
