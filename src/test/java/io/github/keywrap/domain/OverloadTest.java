package io.github.keywrap.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a key that answers 100 calls a second makes of more than that. */
final class OverloadTest {
  private static final long MILLISECOND = 1_000_000;
  private static final int CAPACITY = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int SECONDS = 40;

  private final Random random = new Random(16);

  private LongUnaryOperator always(int threads) {
    return _ -> threads * 1_000L * MILLISECOND / CAPACITY;
  }

  /** From almost nothing to twice the mean. */
  private LongUnaryOperator varying(int threads) {
    return _ -> (long) (threads * 1_000L * MILLISECOND / CAPACITY * 2 * random.nextDouble());
  }

  /** Callers come whether or not others were served. */
  private void arrive(SimulatedKey key, Operation operation, double perSecond, Duration patience) {
    key.call(operation, patience, _ -> {});
    long pause = (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
    key.at(pause, () -> arrive(key, operation, perSecond, patience));
  }

  /** Asks again as soon as it is answered, and a little after a failure. */
  private void ask(SimulatedKey key, Duration patience) {
    key.call(
        Operation.UNWRAP,
        patience,
        isGood ->
            key.at(
                isGood ? 0 : (50 + random.nextInt(100)) * MILLISECOND, () -> ask(key, patience)));
  }

  private static void assertGoodput(SimulatedKey key, int from, int to) {
    int[] seconds = Arrays.copyOfRange(key.goodPerSecond(), from, to);
    assertThat(Arrays.stream(seconds).sum() / (double) (to - from))
        .as("good answers a second: %s", Arrays.toString(seconds))
        .isGreaterThan(0.8 * CAPACITY);
    assertThat(Arrays.stream(seconds).boxed()).allMatch(good -> good > 0.5 * CAPACITY);
  }

  @ParameterizedTest
  @CsvSource({"1,200", "1,1000", "8,1000", "8,5000", "32,1000"})
  void servesAsManyAsItCanHoweverManyCome(int threads, int perSecond) {
    SimulatedKey key = new SimulatedKey(threads, varying(threads));
    arrive(key, Operation.UNWRAP, perSecond, PATIENCE);
    key.run(Duration.ofSeconds(SECONDS));
    assertGoodput(key, 0, SECONDS);
  }

  @ParameterizedTest
  @CsvSource({"1,600", "8,600", "8,4000"})
  void servesAsManyAsItCanWhereCallersAskAgain(int threads, int callers) {
    SimulatedKey key = new SimulatedKey(threads, varying(threads));
    for (int i = 0; i < callers; i++) {
      ask(key, PATIENCE);
    }
    key.run(Duration.ofSeconds(SECONDS));
    assertGoodput(key, 0, SECONDS);
  }

  @Test
  void servesImpatientCallersToo() {
    SimulatedKey key = new SimulatedKey(8, varying(8));
    arrive(key, Operation.UNWRAP, 500, Duration.ofMillis(400));
    arrive(key, Operation.WRAP, 500, PATIENCE);
    key.run(Duration.ofSeconds(SECONDS));
    assertGoodput(key, 0, SECONDS);
  }

  @Test
  void learnsThatTheBackEndHasBecomeSlow() {
    LongUnaryOperator slow = varying(8);
    SimulatedKey key =
        new SimulatedKey(
            8, at -> at < 10_000 * MILLISECOND ? 2 * MILLISECOND : slow.applyAsLong(at));
    arrive(key, Operation.UNWRAP, 1_000, PATIENCE);
    key.run(Duration.ofSeconds(SECONDS));
    assertThat(key.goodPerSecond()[9]).isGreaterThan(950);
    assertGoodput(key, 10, SECONDS);
  }

  @Test
  void isBackAtOnceAfterTheBackEndHung() {
    LongUnaryOperator usual = varying(8);
    SimulatedKey key =
        new SimulatedKey(
            8,
            at ->
                at < 10_000 * MILLISECOND || at > 20_000 * MILLISECOND
                    ? usual.applyAsLong(at)
                    : 20_000 * MILLISECOND - at);
    arrive(key, Operation.UNWRAP, 1_000, PATIENCE);
    key.run(Duration.ofSeconds(SECONDS));
    assertGoodput(key, 20, SECONDS);
  }

  /** Under v1: a Decrypt for each object, by as many callers as can be served in their time. */
  @ParameterizedTest
  @CsvSource({"1,50", "8,100", "8,250"})
  void aKubeApiserverThatStartsGetsTheFullRateToTheEnd(int threads, int callers) {
    SimulatedKey key = new SimulatedKey(threads, always(threads));
    AtomicInteger left = new AtomicInteger(10_000);
    AtomicInteger refused = new AtomicInteger();
    for (int i = 0; i < callers; i++) {
      readObjects(key, left, refused);
    }
    key.run(Duration.ofSeconds(101));
    assertThat(refused).hasValue(0);
    assertThat(left.get()).isNotPositive();
    assertThat(Arrays.stream(key.goodPerSecond()).sum()).isEqualTo(10_000);
  }

  private static void readObjects(SimulatedKey key, AtomicInteger left, AtomicInteger refused) {
    if (left.getAndDecrement() > 0) {
      key.call(
          Operation.UNWRAP,
          PATIENCE,
          isGood -> {
            refused.addAndGet(isGood ? 0 : 1);
            readObjects(key, left, refused);
          });
    }
  }

  @Test
  void writesGoOnWhileMoreIsReadThanTheKeyCanDo() {
    SimulatedKey key = new SimulatedKey(8, varying(8));
    AtomicInteger written = new AtomicInteger();
    arrive(key, Operation.UNWRAP, 1_000, PATIENCE);
    write(key, written);
    key.run(Duration.ofSeconds(SECONDS));
    assertThat(written).hasValueGreaterThan(SECONDS / 2);
    assertGoodput(key, 0, SECONDS);
  }

  private static void write(SimulatedKey key, AtomicInteger written) {
    key.call(Operation.WRAP, PATIENCE, isGood -> written.addAndGet(isGood ? 1 : 0));
    key.at(100 * MILLISECOND, () -> write(key, written));
  }
}
