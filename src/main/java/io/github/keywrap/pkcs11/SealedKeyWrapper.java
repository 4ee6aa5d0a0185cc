package io.github.keywrap.pkcs11;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.keywrap.device.DeviceErrors;
import io.github.keywrap.device.DeviceKeyIds;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.FatalErrors;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.Watch;
import io.github.keywrap.domain.WrappedKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Wraps with an SM4 key in memory that a key of a token has opened. Once it is open, the token is
 * not needed any more until the next start; whether that would succeed is tried again and again,
 * and told as the key's condition.
 */
final class SealedKeyWrapper implements KeyWrapper {
  private static final int SAMPLE_LENGTH = 32;
  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);

  private final DeviceKeyIds keyIds;
  private final SealedKeyReader reader;
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock opening = new ReentrantLock();
  private final Watch watch;
  private volatile @Nullable Opened opened;
  private volatile KeyCondition condition = new KeyCondition.Sound();
  private volatile boolean closed;

  /** The key in memory, and something that it wrapped. */
  private record Opened(KeyWrapper wrapper, WrappedKey sample) {}

  /**
   * @param name of the key in the settings
   * @param reader this closes it
   * @param interval between two trials whether a restart would open the key
   */
  SealedKeyWrapper(String name, DeviceKeyIds keyIds, SealedKeyReader reader, Duration interval) {
    this.keyIds = keyIds;
    this.reader = reader;
    this.watch = Watch.every(interval, "sealed-" + name, this::look);
  }

  /** Begins to open the key. */
  void start() {
    watch.start();
  }

  private void look() {
    Deadline deadline = Deadline.after(OPEN_TIMEOUT);
    Opened now = opened;
    try {
      if (now == null) {
        now = open(deadline);
      }
      requireSameKey(now, deadline);
      condition = new KeyCondition.Sound();
    } catch (RuntimeException | Error failure) {
      FatalErrors.raise(failure);
      if (now != null) {
        condition =
            new KeyCondition.Impaired(
                "it is served from memory, but a restart would not open it: "
                    + DeviceErrors.translate(failure).getMessage());
      }
    }
  }

  private void requireSameKey(Opened now, Deadline deadline) {
    try (KeyWrapper again = reader.read(deadline)) {
      SecretBytes sample = again.unwrap(now.sample(), deadline);
      sample.close();
    } catch (KmsException.UnknownKey | InvalidCiphertext e) {
      throw new KeyUnavailable("%s is another key now".formatted(reader), e);
    }
  }

  private Opened open(Deadline deadline) {
    Opened known = opened;
    if (known != null) {
      return known;
    }
    lock(deadline);
    try {
      Opened meanwhile = opened;
      if (meanwhile != null) {
        return meanwhile;
      }
      if (closed) {
        throw new BackendUnavailable("the key is closed", null);
      }
      KeyWrapper wrapper = reader.read(deadline);
      byte[] sample = new byte[SAMPLE_LENGTH];
      random.nextBytes(sample);
      try (SecretBytes secret = SecretBytes.owning(sample)) {
        Opened first = new Opened(wrapper, wrapper.wrap(secret, deadline));
        opened = first;
        if (closed) {
          wrapper.close();
        }
        return first;
      }
    } finally {
      opening.unlock();
    }
  }

  private void lock(Deadline deadline) {
    try {
      if (!opening.tryLock(deadline.remaining().toNanos(), NANOSECONDS)) {
        throw BackendUnavailable.deadlineExceeded("the sealed key is still being opened");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendUnavailable("interrupted", e);
    }
  }

  /** Known once the key is open; before that, a file tells it too. */
  @Override
  public Optional<KeyId> currentKeyId() {
    Opened known = opened;
    return known == null ? keyIds.known() : known.wrapper().currentKeyId();
  }

  @Override
  public boolean opens(KeyId other) {
    return currentKeyId().filter(other::isSameKeyAs).isPresent();
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    return open(deadline).wrapper().wrap(plaintext, deadline);
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    return open(deadline).wrapper().unwrap(wrapped, deadline);
  }

  @Override
  public KeyCondition condition() {
    return condition;
  }

  @Override
  public void close() {
    closed = true;
    watch.close();
    Opened known = opened;
    if (known != null) {
      known.wrapper().close();
    }
    reader.close();
  }
}
