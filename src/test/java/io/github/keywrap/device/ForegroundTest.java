package io.github.keywrap.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.Steps;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class ForegroundTest {
  @Test
  void aStepThatDoesNotEndIsNamed() {
    Progress progress = new Progress(Steps.UNTOLD);
    CountDownLatch ended = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                Foreground.run(
                    Duration.ofMillis(100),
                    progress,
                    () -> progress.step("login", () -> awaitUninterrupted(ended), _ -> "")))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("has not come back")
        .hasMessageContaining("step \"login\" has taken");
    assertThat(progress.name()).isEqualTo("login");
    ended.countDown();
  }

  @Test
  void aStepThatFailedIsNotUnderWay() {
    Progress progress = new Progress(Steps.UNTOLD);
    assertThatThrownBy(
            () ->
                progress.step(
                    "login",
                    () -> {
                      throw new IllegalStateException();
                    },
                    String::valueOf))
        .isInstanceOf(IllegalStateException.class);
    assertThat(progress.name()).isEmpty();
    assertThat(progress.words()).isEmpty();
  }

  private static boolean awaitUninterrupted(CountDownLatch ended) {
    try {
      ended.await();
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
