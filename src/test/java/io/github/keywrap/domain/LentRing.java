package io.github.keywrap.domain;

import java.util.concurrent.atomic.AtomicInteger;

/** Lends one ring that a test owns, and counts. */
public final class LentRing implements RingSource {
  private final KeyRing ring;
  private final AtomicInteger out = new AtomicInteger();

  public LentRing(KeyRing ring) {
    this.ring = ring;
  }

  /** Leases that are not given back. */
  public int out() {
    return out.get();
  }

  @Override
  public Lease lease() {
    out.incrementAndGet();
    return new Lease() {
      @Override
      public KeyRing ring() {
        return ring;
      }

      @Override
      public void close() {
        out.decrementAndGet();
      }
    };
  }
}
