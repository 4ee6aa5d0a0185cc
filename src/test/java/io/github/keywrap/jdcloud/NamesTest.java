package io.github.keywrap.jdcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.domain.Deadline;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A name service that comes and goes, on a clock that the test moves. */
final class NamesTest {
  private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress SECOND = InetAddress.ofLiteral("192.0.2.2");

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger lookups = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile Names.Lookup service = _ -> new InetAddress[] {FIRST, SECOND};
  private final Names names =
      new Names(
          host -> {
            lookups.incrementAndGet();
            return service.addresses(host);
          },
          now::get);

  @AfterEach
  void close() {
    end.countDown();
    names.close();
  }

  @Test
  void asksAgainAfterHalfAMinuteAndNotBefore() throws Exception {
    assertThat(names.resolve("h", soon())).containsExactly(FIRST, SECOND);
    assertThat(names.resolve("h", soon())).hasSize(2);
    assertThat(lookups).hasValue(1);
    pass();
    assertThat(names.resolve("h", soon())).hasSize(2);
    assertThat(lookups).hasValue(2);
  }

  @Test
  void whatWasKnownServesOnWhileTheServiceIsAway() throws Exception {
    assertThat(names.resolve("h", soon())).hasSize(2);
    service = _ -> failing();
    for (int call = 0; call < 5; call++) {
      pass();
      assertThat(names.resolve("h", soon())).containsExactly(FIRST, SECOND);
    }
    assertThatThrownBy(() -> names.resolve("another", soon()))
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void anErrorInALookupIsNotTheLastWordOnAName() throws Exception {
    service =
        _ -> {
          throw new NoClassDefFoundError("a class that is gone");
        };
    assertThatThrownBy(() -> names.resolve("h", soon())).isInstanceOf(UnknownHostException.class);
    service = _ -> new InetAddress[] {FIRST, SECOND};
    assertThat(names.resolve("h", soon())).containsExactly(FIRST, SECOND);
  }

  private static InetAddress[] failing() throws UnknownHostException {
    throw new UnknownHostException("away");
  }

  @Test
  void aServiceThatHangsHoldsUpNoCallThatKnowsAnAddress() throws Exception {
    assertThat(names.resolve("h", soon())).hasSize(2);
    service = this::hang;
    pass();
    for (int call = 0; call < 3; call++) {
      long began = System.nanoTime();
      assertThat(names.resolve("h", soon())).hasSize(2);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
    }
    assertThat(lookups).as("one at a time").hasValue(2);
    assertThatThrownBy(() -> names.resolve("another", Deadline.after(Duration.ofMillis(50))))
        .isInstanceOf(UnknownHostException.class);
    end.countDown();
    await().until(() -> names.resolve("another", soon()).size() == 1);
  }

  private InetAddress[] hang(String host) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new InetAddress[] {FIRST};
  }

  @Test
  void theAddressThatWorkedComesFirst() throws Exception {
    assertThat(names.resolve("h", soon())).containsExactly(FIRST, SECOND);
    names.worked("h", SECOND);
    assertThat(names.resolve("h", soon())).containsExactly(SECOND, FIRST);
    pass();
    assertThat(names.resolve("h", soon())).containsExactly(SECOND, FIRST);
    service = _ -> new InetAddress[] {FIRST};
    pass();
    assertThat(names.resolve("h", soon())).containsExactly(FIRST);
  }

  private void pass() {
    now.addAndGet(Duration.ofSeconds(31).toNanos());
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5));
  }
}
