package io.github.keywrap.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CoreDumpsTest {
  @Test
  void areForbiddenFromThenOn() {
    CoreDumps.forbid();
    assertThat(CoreDumps.areForbidden()).isTrue();
    CoreDumps.forbid();
    assertThat(CoreDumps.areForbidden()).isTrue();
  }
}
