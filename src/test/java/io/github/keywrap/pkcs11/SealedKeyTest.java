package io.github.keywrap.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.device.Encrypted;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SealedKeyTest {
  private static final SealedKey KEY =
      new SealedKey(new byte[16], "00ff", new Encrypted(new byte[12], new byte[32]));

  /** Byte for byte as docs/ciphertext-format.md says. */
  private static final String ENCODED =
      "6b777301" + "00".repeat(16) + "04" + "04" + "30306666" + "0c" + "00".repeat(12 + 32);

  @Test
  void isEncodedAsDocumented() throws Exception {
    assertThat(HexFormat.of().formatHex(KEY.encode())).isEqualTo(ENCODED);
    SealedKey read = SealedKey.decode(KEY.encode());
    assertThat(read.encode()).isEqualTo(KEY.encode());
    assertThat(read.wrappingKey()).isEqualTo("00ff");
    assertThat(SealedKey.fromPem(KEY.toPem()).encode()).isEqualTo(KEY.encode());
    assertThat(KEY.associatedData()).isEqualTo(Arrays.copyOf(KEY.encode(), 26));
  }

  @Test
  void aPartOrMoreThanAllIsMalformed() {
    byte[] encoded = KEY.encode();
    for (int length = 0; length < encoded.length; length++) {
      byte[] part = Arrays.copyOf(encoded, length);
      assertThatThrownBy(() -> SealedKey.decode(part))
          .isInstanceOf(SealedKey.MalformedException.class);
    }
    assertThatThrownBy(() -> SealedKey.decode(Arrays.copyOf(encoded, encoded.length + 1)))
        .isInstanceOf(SealedKey.MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 20, 21, 22, 26})
  void anotherHeaderIsMalformed(int at) {
    byte[] altered = KEY.encode();
    altered[at] = 2;
    assertThatThrownBy(() -> SealedKey.decode(altered))
        .isInstanceOf(SealedKey.MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "-----BEGIN KEYWRAP SEALED KEY-----\n",
        "-----BEGIN KEYWRAP SEALED KEY-----\n!!\n-----END KEYWRAP SEALED KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
      })
  void whatIsNoPemIsMalformed(String text) {
    assertThatThrownBy(() -> SealedKey.fromPem(text))
        .isInstanceOf(SealedKey.MalformedException.class);
  }

  @Test
  void doesNotPrintItsCiphertext() {
    assertThat(KEY).hasToString("SealedKey[" + "00".repeat(16) + " under 00ff]");
  }
}
