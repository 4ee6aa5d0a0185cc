package io.github.keywrap.domain;

/** Lends the ring of keys that is in force. Thread-safe. */
@FunctionalInterface
public interface RingSource {
  /**
   * The ring, to use until the lease is closed: its keys stay open until then, also where another
   * ring has come into force. Whoever does one thing with it takes one lease.
   *
   * @throws KmsException.BackendUnavailable if there is none any more, as the program ends
   */
  Lease lease();

  /** A ring on loan. */
  interface Lease extends AutoCloseable {
    KeyRing ring();

    /** Gives the ring back; may be called twice. */
    @Override
    void close();
  }
}
