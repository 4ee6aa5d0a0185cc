package io.github.keywrap.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.FakeKeyWrapper;
import io.github.keywrap.domain.HealthMonitor;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.OneKey;
import io.github.keywrap.domain.RingSource.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class RingsTest {
  private final Map<KeyRing, FakeKeyWrapper> keys = new ConcurrentHashMap<>();
  private final KeyRing first = ring();
  private final Rings rings = new Rings(first);

  private KeyRing ring() {
    FakeKeyWrapper key = new FakeKeyWrapper();
    KeyRing ring =
        OneKey.ring(
            key, new HealthMonitor("hsm", key, Duration.ofMinutes(1), Duration.ofSeconds(1)));
    keys.put(ring, key);
    return ring;
  }

  private boolean isClosed(KeyRing ring) {
    return Objects.requireNonNull(keys.get(ring)).closed;
  }

  @Test
  void aRingThatIsReplacedIsClosedWithItsLastLease() {
    Lease one = rings.lease();
    Lease other = rings.lease();
    KeyRing second = ring();
    rings.replace(second);
    try (Lease later = rings.lease()) {
      assertThat(later.ring()).isSameAs(second);
    }
    one.close();
    one.close();
    assertThat(isClosed(first)).as("closed while it is on loan").isFalse();
    assertThat(other.ring()).isSameAs(first);
    other.close();
    assertThat(isClosed(first)).isTrue();
    assertThat(isClosed(second)).isFalse();
  }

  @Test
  void aRingThatNobodyHasIsClosedAtOnce() {
    KeyRing second = ring();
    rings.replace(second);
    assertThat(isClosed(first)).isTrue();
    rings.close();
    rings.close();
    assertThat(isClosed(second)).isTrue();
  }

  @Test
  void nothingIsLentAfterTheEndAndNothingStaysOpen() {
    Lease lease = rings.lease();
    rings.close();
    assertThatThrownBy(rings::lease).isInstanceOf(BackendUnavailable.class);
    assertThat(isClosed(first)).isFalse();
    lease.close();
    assertThat(isClosed(first)).isTrue();
    KeyRing tooLate = ring();
    rings.replace(tooLate);
    assertThat(isClosed(tooLate)).isTrue();
    assertThatThrownBy(rings::lease).isInstanceOf(BackendUnavailable.class);
  }

  @Test
  void noCallerSeesAClosedRingHoweverOftenItIsReplaced() throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        callers.add(threads.submit(() -> useUntil(isOver)));
      }
      for (int i = 0; i < 2_000; i++) {
        rings.replace(ring());
      }
      isOver.set(true);
      for (Future<Integer> caller : callers) {
        assertThat(caller.get()).isPositive();
      }
    }
    rings.close();
    assertThat(keys.keySet()).hasSize(2_001).allMatch(this::isClosed);
  }

  /** Returns how often. */
  private int useUntil(AtomicBoolean isOver) {
    int times = 0;
    do {
      try (Lease lease = rings.lease()) {
        assertThat(isClosed(lease.ring())).isFalse();
        times++;
      }
    } while (!isOver.get());
    return times;
  }
}
