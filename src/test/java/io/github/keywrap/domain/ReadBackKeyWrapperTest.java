package io.github.keywrap.domain;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.ReadBackMismatch;
import io.github.keywrap.domain.KmsException.Throttled;
import io.github.keywrap.domain.ReadBackKeyWrapper.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ReadBackKeyWrapperTest {
  private static final byte[] DEK = "0123456789abcdef0123456789abcdef".getBytes(US_ASCII);

  private final FakeKeyWrapper backEnd = new FakeKeyWrapper();
  private final AtomicInteger mismatches = new AtomicInteger();
  private final List<Duration> unread = new ArrayList<>();
  private boolean isProved = true;

  @Test
  void refusesAWrapThatOpensToSomethingElse() {
    backEnd.wrapping = plaintext -> new byte[plaintext.length];
    assertThatThrownBy(() -> wrap(Policy.ALWAYS, 1)).isInstanceOf(ReadBackMismatch.class);
    assertThat(mismatches).hasValue(1);
  }

  @Test
  void refusesAWrapThatDoesNotOpen() {
    backEnd.unwrapping =
        _ -> {
          throw new InvalidCiphertext("no");
        };
    assertThatThrownBy(() -> wrap(Policy.ALWAYS, 1)).isInstanceOf(ReadBackMismatch.class);
    assertThat(mismatches).hasValue(1);
  }

  @Test
  void anOutageWhileReadingBackIsAnOutage() {
    backEnd.unwrapping =
        _ -> {
          throw new BackendUnavailable("gone", null);
        };
    assertThatThrownBy(() -> wrap(Policy.ALWAYS, 1)).isInstanceOf(BackendUnavailable.class);
    assertThat(mismatches).hasValue(0);
  }

  @Test
  void sampledReadsBackTheFirstAndThenOneInAHundred() {
    AtomicInteger readBacks = countReadBacks();
    wrap(Policy.SAMPLED, 1);
    assertThat(readBacks).hasValue(1);
    readBacks.set(0);
    wrap(Policy.SAMPLED, 201);
    assertThat(readBacks).hasValue(3);
  }

  @Test
  void alwaysAndOffAreWhatTheySay() {
    AtomicInteger readBacks = countReadBacks();
    wrap(Policy.ALWAYS, 5);
    assertThat(readBacks).hasValue(5);
    wrap(Policy.OFF, 5);
    assertThat(readBacks).hasValue(5);
  }

  @Test
  void inTimeReadsBackWhereATimeLikeThatOfTheWrapIsLeft() {
    AtomicInteger readBacks = countReadBacks();
    wrap(Policy.IN_TIME, 5);
    assertThat(readBacks).hasValue(5);
    assertThat(unread).isEmpty();
  }

  @Test
  void inTimeAnswersUnreadWhereTheCallerWouldNotGetItsAnswerElse() {
    AtomicInteger readBacks = countReadBacks();
    Deadline deadline = Deadline.after(Duration.ofSeconds(3));
    backEnd.wrapping =
        plaintext -> {
          awaitHalfOf(deadline);
          return FakeKeyWrapper.reversed(plaintext);
        };
    try (SecretBytes dek = SecretBytes.owning(DEK.clone())) {
      WrappedKey wrapped = wrapper(Policy.IN_TIME).wrap(dek, deadline);
      assertThat(wrapped.keyId()).isEqualTo(FakeKeyWrapper.KEY_ID);
    }
    assertThat(readBacks).hasValue(0);
    assertThat(unread)
        .singleElement()
        .satisfies(took -> assertThat(took).isGreaterThan(deadline.remaining()));
    assertThat(mismatches).hasValue(0);
  }

  /**
   * What is known to wrap wrongly, or is not known at all yet, must not pass however slow it is.
   */
  @Test
  void inTimeLetsNothingPassUnreadWhereNoProbeHasPassed() {
    isProved = false;
    Deadline deadline = Deadline.after(Duration.ofSeconds(3));
    backEnd.wrapping =
        plaintext -> {
          awaitHalfOf(deadline);
          return new byte[plaintext.length];
        };
    try (SecretBytes dek = SecretBytes.owning(DEK.clone())) {
      assertThatThrownBy(() -> wrapper(Policy.IN_TIME).wrap(dek, deadline))
          .isInstanceOf(ReadBackMismatch.class);
    }
    assertThat(unread).isEmpty();
  }

  @Test
  void inTimeAnswersWhereTheReadBackAloneIsSlow() {
    AtomicInteger readBacks = new AtomicInteger();
    AtomicReference<Deadline> given = new AtomicReference<>();
    backEnd.unwrapping =
        _ -> {
          readBacks.incrementAndGet();
          await()
              .pollInterval(Duration.ofMillis(10))
              .until(() -> given.get().remaining().compareTo(Duration.ofMillis(120)) < 0);
          throw BackendUnavailable.deadlineExceeded("too slow");
        };
    ReadBackKeyWrapper wrapper = wrapper(Policy.IN_TIME);
    for (int write = 0; write < 2; write++) {
      given.set(Deadline.after(Duration.ofMillis(500)));
      try (SecretBytes dek = SecretBytes.owning(DEK.clone())) {
        assertThat(wrapper.wrap(dek, given.get()).keyId()).isEqualTo(FakeKeyWrapper.KEY_ID);
      }
      assertThat(given.get().isExpired()).isFalse();
    }
    assertThat(readBacks).as("the second is not begun").hasValue(1);
    assertThat(unread).hasSize(2);
  }

  @Test
  void aReadBackThatFailsAtOnceFailsTheWrap() {
    backEnd.unwrapping =
        _ -> {
          throw new BackendUnavailable("gone", null);
        };
    assertThatThrownBy(() -> wrap(Policy.IN_TIME, 1)).isInstanceOf(BackendUnavailable.class);
    assertThat(unread).isEmpty();
  }

  private static void awaitHalfOf(Deadline deadline) {
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(() -> deadline.remaining().compareTo(Duration.ofMillis(1_450)) < 0);
  }

  /** An echo opens to what was wrapped: comparing does not find it. */
  @ParameterizedTest
  @EnumSource(Policy.class)
  void refusesACiphertextThatShowsWhatItWrapsWhateverIsReadBack(Policy policy) {
    backEnd.wrapping = byte[]::clone;
    backEnd.unwrapping = byte[]::clone;
    try (SecretBytes dek = SecretBytes.owning(DEK.clone())) {
      Deadline deadline = Deadline.after(Duration.ofSeconds(5));
      assertThatThrownBy(() -> wrapper(policy).wrap(dek, deadline))
          .isInstanceOf(ReadBackMismatch.class)
          .hasMessageContaining("returned what it was sent");
    }
    assertThat(mismatches).hasValue(1);
  }

  @Test
  void aThrottledReadBackIsMadeAgainWithoutAnotherWrap() {
    AtomicInteger wraps = new AtomicInteger();
    backEnd.wrapping =
        plaintext -> {
          wraps.incrementAndGet();
          return FakeKeyWrapper.reversed(plaintext);
        };
    backEnd.unwrapping =
        _ -> {
          throw Throttled.passing("too many", Duration.ZERO);
        };
    ReadBackKeyWrapper.OneWrap call = wrapper(Policy.ALWAYS).oneWrap();
    try (SecretBytes dek = SecretBytes.owning(DEK.clone())) {
      Deadline deadline = Deadline.after(Duration.ofSeconds(5));
      assertThatThrownBy(() -> call.make(dek, deadline, () -> true)).isInstanceOf(Throttled.class);
      backEnd.unwrapping = FakeKeyWrapper::reversed;
      assertThat(call.make(dek, deadline, () -> true).keyId()).isEqualTo(FakeKeyWrapper.KEY_ID);
    }
    assertThat(wraps).hasValue(1);
  }

  @Test
  void aReadBackWaitsForItsTurnWithoutAskingTheBackEnd() {
    AtomicInteger readBacks = countReadBacks();
    ReadBackKeyWrapper.OneWrap call = wrapper(Policy.ALWAYS).oneWrap();
    try (SecretBytes dek = SecretBytes.owning(DEK.clone())) {
      Deadline deadline = Deadline.after(Duration.ofSeconds(5));
      assertThatThrownBy(() -> call.make(dek, deadline, () -> false))
          .isInstanceOfSatisfying(
              Throttled.class,
              throttled -> assertThat(throttled.operation()).contains(Operation.UNWRAP));
      assertThat(readBacks).hasValue(0);
      assertThat(call.make(dek, deadline, () -> false).keyId()).isEqualTo(FakeKeyWrapper.KEY_ID);
      assertThat(readBacks).as("run again: it is its turn").hasValue(1);
    }
  }

  @Test
  void closesWhatItWraps() {
    wrapper(Policy.OFF).close();
    assertThat(backEnd.closed).isTrue();
    assertThatCode(() -> wrapper(Policy.OFF).close()).doesNotThrowAnyException();
  }

  private AtomicInteger countReadBacks() {
    AtomicInteger readBacks = new AtomicInteger();
    backEnd.unwrapping =
        ciphertext -> {
          readBacks.incrementAndGet();
          return FakeKeyWrapper.reversed(ciphertext);
        };
    return readBacks;
  }

  private void wrap(Policy policy, int times) {
    ReadBackKeyWrapper wrapper = wrapper(policy);
    IntStream.range(0, times)
        .forEach(
            _ ->
                wrapper.wrap(
                    SecretBytes.owning(new byte[] {1, 2, 3}),
                    Deadline.after(Duration.ofSeconds(5))));
  }

  private ReadBackKeyWrapper wrapper(Policy policy) {
    return new ReadBackKeyWrapper(
        backEnd,
        policy,
        new ReadBackKeyWrapper.Findings() {
          @Override
          public void mismatch() {
            mismatches.incrementAndGet();
          }

          @Override
          public void unread(Duration took) {
            unread.add(took);
          }
        },
        () -> isProved);
  }
}
