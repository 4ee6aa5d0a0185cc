package io.github.keywrap.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class VerdictsTest {
  private static final byte[] DATA = {1, 2, 3};
  private static final int MAX = 1_024;

  /** Begins before the clock overflows. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);

  private final Verdicts verdicts = new Verdicts(now::get);

  @Test
  void aCiphertextThatWasRefusedIsRefusedForAMinute() {
    KmsException _ = verdicts.refused(DATA, ciphertext(1));
    requireRefused(1);
    now.addAndGet(Duration.ofSeconds(60).toNanos() - 1);
    requireRefused(1);
    now.addAndGet(1);
    requireLetThrough(1);
    now.addAndGet(-1);
    requireLetThrough(1);
  }

  @Test
  void aTokenThatRefusesGoodOnesIsNoJudgeForAMinute() {
    KmsException _ = verdicts.refused(DATA, ciphertext(1));
    verdicts.refusedGoodOne();
    requireLetThrough(1);
    assertThat(verdicts.refused(DATA, ciphertext(1))).isInstanceOf(BackendUnavailable.class);
    assertThatThrownBy(() -> verdicts.require(DATA, ciphertext(1)))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("cannot be told now");
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    requireLetThrough(1);
    now.addAndGet(Duration.ofSeconds(58).toNanos());
    assertThat(verdicts.refused(DATA, ciphertext(1))).isInstanceOf(InvalidCiphertext.class);
    requireRefused(1);
  }

  @Test
  void anotherCiphertextIsNotMeant() {
    KmsException _ = verdicts.refused(DATA, ciphertext(1));
    requireLetThrough(2);
    assertThatCode(() -> verdicts.require(new byte[] {1, 2}, ciphertext(1)))
        .doesNotThrowAnyException();
    Encrypted otherIv = new Encrypted(new byte[16], ciphertext(1).ciphertext());
    assertThatCode(() -> verdicts.require(DATA, otherIv)).doesNotThrowAnyException();
  }

  @Test
  void onlyTheLatestAreKept() {
    for (int number = 0; number <= MAX; number++) {
      KmsException _ = verdicts.refused(DATA, ciphertext(number));
    }
    requireLetThrough(0);
    requireRefused(1);
    requireRefused(MAX);
  }

  private void requireRefused(int number) {
    assertThatThrownBy(() -> verdicts.require(DATA, ciphertext(number)))
        .isInstanceOf(InvalidCiphertext.class);
  }

  private void requireLetThrough(int number) {
    assertThatCode(() -> verdicts.require(DATA, ciphertext(number))).doesNotThrowAnyException();
  }

  private static Encrypted ciphertext(int number) {
    return new Encrypted(new byte[12], ByteBuffer.allocate(32).putInt(number).array());
  }
}
