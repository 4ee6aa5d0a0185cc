package io.github.keywrap.app;

import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.RingSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Holds the ring in force. One that is replaced is closed when its last lease is; so is the last
 * one after {@link #close}. Thread-safe.
 */
public final class Rings implements RingSource, AutoCloseable {
  private final AtomicReference<Lent> current;
  private volatile boolean isClosed;

  /**
   * @param first owned from now on
   */
  public Rings(KeyRing first) {
    this.current = new AtomicReference<>(new Lent(first));
  }

  @Override
  public Lease lease() {
    while (!isClosed) {
      Lent lent = current.get();
      // It cannot be taken if it was replaced between these two lines.
      if (lent.take()) {
        return new OneLease(lent);
      }
    }
    throw new BackendUnavailable("keywrap is stopping", null);
  }

  /**
   * Puts another ring in force: leases that begin later are of it.
   *
   * @param next owned from now on
   */
  synchronized void replace(KeyRing next) {
    Lent lent = new Lent(next);
    current.getAndSet(lent).retire();
    if (isClosed) {
      lent.retire();
    }
  }

  /** Lends nothing any more. */
  @Override
  public synchronized void close() {
    isClosed = true;
    current.get().retire();
  }

  /** A ring and how many hold it: whoever leased it, and this object while it is in force. */
  private static final class Lent {
    private final KeyRing ring;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final AtomicBoolean isRetired = new AtomicBoolean();

    Lent(KeyRing ring) {
      this.ring = ring;
    }

    /** Whether it could be taken: nobody who lets go last has closed it. */
    boolean take() {
      return holders.getAndUpdate(now -> now == 0 ? 0 : now + 1) > 0;
    }

    void giveBack() {
      if (holders.decrementAndGet() == 0) {
        ring.close();
      }
    }

    void retire() {
      if (isRetired.compareAndSet(false, true)) {
        giveBack();
      }
    }
  }

  private static final class OneLease implements Lease {
    private final Lent lent;
    private final AtomicBoolean isOpen = new AtomicBoolean(true);

    OneLease(Lent lent) {
      this.lent = lent;
    }

    @Override
    public KeyRing ring() {
      return lent.ring;
    }

    @Override
    public void close() {
      if (isOpen.compareAndSet(true, false)) {
        lent.giveBack();
      }
    }
  }
}
