package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SecretBytesTest {
  @Test
  void wipesItsBytesWhenClosed() {
    byte[] bytes = {1, 2, 3};
    SecretBytes.owning(bytes).close();
    assertThat(bytes).containsOnly(0);
  }

  @Test
  void cannotBeReadAfterItIsClosed() {
    SecretBytes secret = SecretBytes.owning(new byte[] {1});
    secret.close();
    assertThatThrownBy(secret::expose).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void isNeverPrinted() {
    assertThat(SecretBytes.owning(new byte[] {65, 66})).hasToString("SecretBytes[2 bytes]");
  }

  @Test
  void comparesByContent() {
    SecretBytes secret = SecretBytes.owning(new byte[] {1, 2});
    assertThat(secret.sameAs(SecretBytes.owning(new byte[] {1, 2}))).isTrue();
    assertThat(secret.sameAs(SecretBytes.owning(new byte[] {1, 3}))).isFalse();
    assertThat(secret.sameAs(SecretBytes.owning(new byte[] {1}))).isFalse();
  }
}
