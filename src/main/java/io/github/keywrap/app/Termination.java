package io.github.keywrap.app;

import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT as a condition to wait for. The JVM's own way of handling them would end the
 * process with 143 while calls are in flight.
 */
final class Termination {
  private final CountDownLatch requested = new CountDownLatch(1);

  /** From now on the two signals no longer end the process by themselves. */
  void catchSignals() {
    Signal.handle(new Signal("TERM"), _ -> request());
    Signal.handle(new Signal("INT"), _ -> request());
  }

  void request() {
    requested.countDown();
  }

  void await() throws InterruptedException {
    requested.await();
  }

  boolean isRequested() {
    return requested.getCount() == 0;
  }
}
