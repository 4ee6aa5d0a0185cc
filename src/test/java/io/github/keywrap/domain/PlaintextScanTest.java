package io.github.keywrap.domain;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
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
  void findsItUnderSeveralLayersOfBase64() {
    byte[] layer = join(bytes(3), dek);
    for (int layers = 1; layers <= 4; layers++) {
      layer = Base64.getUrlEncoder().withoutPadding().encode(layer);
      assertShown(layer);
    }
    byte[] hex = HexFormat.of().formatHex(dek).getBytes(US_ASCII);
    assertShown(Base64.getEncoder().encode(hex));
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
      byte[] text = Base64.getEncoder().encode(bytes(100));
      assertThat(PlaintextScan.shows(text, bytes(32))).isFalse();
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
