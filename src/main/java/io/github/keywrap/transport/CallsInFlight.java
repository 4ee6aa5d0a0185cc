package io.github.keywrap.transport;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the calls whose answer has not been handed to the system yet. A connection without calls
 * is none: its client may sleep.
 */
final class CallsInFlight extends ServerStreamTracer.Factory {
  private final AtomicInteger count = new AtomicInteger();

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    int _ = count.incrementAndGet();
    AtomicBoolean isOpen = new AtomicBoolean(true);
    return new ServerStreamTracer() {
      @Override
      public void streamClosed(Status status) {
        if (isOpen.getAndSet(false)) {
          int _ = count.decrementAndGet();
        }
      }
    };
  }

  int count() {
    return count.get();
  }
}
