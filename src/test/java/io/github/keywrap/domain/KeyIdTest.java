package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyIdTest {
  @Test
  void generationsOfOneKeyAreTheSameKey() {
    KeyId keyId = new KeyId("jd", "abcd", "v2", 0);
    assertThat(keyId.isSameKeyAs(keyId.withGeneration(7))).isTrue();
    assertThat(keyId.withGeneration(7).isSameKeyAs(keyId)).isTrue();
    assertThat(keyId.isSameKeyAs(new KeyId("jd", "abcd", "v1", 0))).isFalse();
    assertThat(keyId.isSameKeyAs(new KeyId("jd", "abce", "v2", 0))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "local:0123456789abcdef",
        "jdcloud:abcd:7f3a",
        "pkcs11:00ff-aes-gcm;g=1",
        "jdcloud:abcd:7f3a;g=999999"
      })
  void readsWhatItWrites(String text) {
    assertThat(KeyId.parse(text)).hasValueSatisfying(id -> assertThat(id).hasToString(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "local",
        "local:",
        ":x",
        "Local:x",
        "local:x:",
        "local:x;",
        "local:x;g=",
        "local:x;g=0",
        "local:x;g=01",
        "local:x;g=1000000",
        "local:x;g=1;g=2",
        "local:x y",
        "local:x\n",
        "local:ü",
        "local:a:b:c",
        "local:x;h=1"
      })
  void refusesWhatIsNotExactlyAKeyId(String text) {
    assertThat(KeyId.parse(text)).isEmpty();
  }

  @Test
  void isAtMost200BytesLong() {
    String longest = "local:" + "a".repeat(194);
    assertThat(KeyId.parse(longest)).isPresent();
    assertThat(KeyId.parse(longest + "a")).isEmpty();
    KeyId id = KeyId.of("local", "a".repeat(194));
    assertThatThrownBy(() -> id.withGeneration(1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aGenerationMakesAnotherId() {
    KeyId id = KeyId.of("local", "x");
    assertThat(id.withGeneration(2)).hasToString("local:x;g=2").isNotEqualTo(id);
  }
}
