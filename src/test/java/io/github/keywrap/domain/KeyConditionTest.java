package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.domain.KeyCondition.Impaired;
import io.github.keywrap.domain.KeyCondition.NeedsRestart;
import io.github.keywrap.domain.KeyCondition.Noted;
import io.github.keywrap.domain.KeyCondition.Sound;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyConditionTest {
  @Test
  void onePartHidesNoOther() {
    assertThat(KeyCondition.all(List.of(new Sound(), new Sound()))).isEqualTo(new Sound());
    assertThat(KeyCondition.all(List.of(new Impaired("a"), new Sound(), new Impaired("b"))))
        .isEqualTo(new Impaired("a; b"));
    assertThat(KeyCondition.all(List.of(new Noted("a"), new Impaired("b"), new Impaired("b"))))
        .isEqualTo(new Impaired("b; a"));
    assertThat(KeyCondition.all(List.of(new Sound(), new Noted("a")))).isEqualTo(new Noted("a"));
    assertThat(KeyCondition.all(List.of(new Impaired("a"), new NeedsRestart("b"))))
        .isEqualTo(new NeedsRestart("a; b"));
  }
}
