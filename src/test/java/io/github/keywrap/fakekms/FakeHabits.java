package io.github.keywrap.fakekms;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** What the fake does with requests for one operation. */
final class FakeHabits {
  private record Faulty(Fault fault, AtomicInteger left) {}

  private final AtomicInteger requests = new AtomicInteger();
  private volatile Faulty faulty = new Faulty(Fault.NONE, new AtomicInteger());
  private volatile Duration delay = Duration.ZERO;
  private volatile FakeRate rate = new FakeRate(0, 0);

  /**
   * @param left how many requests still go wrong; may be shared
   */
  void fault(Fault fault, AtomicInteger left) {
    faulty = new Faulty(fault, fault == Fault.NONE ? new AtomicInteger() : left);
  }

  void delay(Duration delay) {
    this.delay = delay;
  }

  /**
   * @param rate may be shared
   */
  void rate(FakeRate rate) {
    this.rate = rate;
  }

  /** What becomes of one request more. */
  Fault next() {
    requests.incrementAndGet();
    Faulty now = faulty;
    if (now.left().getAndUpdate(left -> left > 0 ? left - 1 : 0) > 0) {
      return now.fault();
    }
    return rate.take() ? Fault.NONE : Fault.RATE_LIMITED;
  }

  Duration delay() {
    return delay;
  }

  int requests() {
    return requests.get();
  }
}
