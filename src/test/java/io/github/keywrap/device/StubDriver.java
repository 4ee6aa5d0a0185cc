package io.github.keywrap.device;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.Steps;
import org.jspecify.annotations.Nullable;

/** A driver to a token that does what a test says. */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes each
final class StubDriver implements Driver<Connection> {
  volatile boolean isAway = true;
  volatile @Nullable RuntimeException refusal;
  volatile @Nullable Error error;
  volatile int attempts;
  volatile boolean canReinitialize;
  volatile boolean reinitialized;
  volatile int closed;
  volatile byte mask;
  final WorkingKeys working = new WorkingKeys();

  @Override
  public Connection connect(Deadline deadline, Steps steps) {
    attempts++;
    Error failing = error;
    if (failing != null) {
      throw failing;
    }
    RuntimeException refused = refusal;
    if (refused != null) {
      throw refused;
    }
    if (isAway) {
      throw StubFailure.passing();
    }
    return new StubConnection(mask);
  }

  @Override
  public WorkingKeys working() {
    return working;
  }

  @Override
  public boolean canReinitialize() {
    return canReinitialize;
  }

  @Override
  public void reinitialize() {
    reinitialized = true;
  }

  @Override
  public void close() {
    closed++;
  }

  /** Its ciphertext is the plaintext, with the mask of its key over it. */
  record StubConnection(byte mask) implements Connection {
    @Override
    public String identity() {
      return "stub";
    }

    @Override
    public Encrypted encrypt(byte[] associatedData, byte[] plaintext, Deadline deadline) {
      return new Encrypted(new byte[12], masked(plaintext));
    }

    @Override
    public byte[] decrypt(byte[] associatedData, Encrypted encrypted, Deadline deadline) {
      return masked(encrypted.ciphertext());
    }

    private byte[] masked(byte[] text) {
      byte[] masked = text.clone();
      for (int i = 0; i < masked.length; i++) {
        masked[i] ^= mask;
      }
      return masked;
    }

    @Override
    public <T> T inNewSession(
        Deadline deadline, java.util.function.Function<KeyOperations, T> work) {
      return work.apply(this);
    }

    @Override
    public void abandon() {}

    @Override
    public void close() {}
  }
}
