package io.github.keywrap.app;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.DefectTrace;
import io.github.keywrap.domain.FatalErrors;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.LogBudget;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.Watch;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.settings.SecretSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A key with a secret that was not there at the start: it is opened as soon as that is, as a token
 * is that is plugged in later. Until then its calls fail, and no other key's.
 */
final class AwaitedKeyWrapper implements KeyWrapper {
  private static final Logger LOG = System.getLogger(AwaitedKeyWrapper.class.getName());
  private static final Duration REMINDER = Duration.ofMinutes(10);

  private final String name;
  private final List<SecretSource> secrets;
  private final Supplier<KeyWrapper> opener;
  private final Predicate<KeyId> isMine;
  private final LogBudget budget = new LogBudget(REMINDER);
  private final Watch watch;
  private volatile String obstacle;
  private volatile @Nullable KeyWrapper opened;
  private boolean isClosed;

  /**
   * Tells what is missing, and begins to wait for it.
   *
   * @param secrets of the key
   * @param opener throws {@link OperatorException} if it cannot
   * @param isMine which key ids are known to be this key's
   * @param pause between two looks
   */
  AwaitedKeyWrapper(
      String name,
      List<SecretSource> secrets,
      Supplier<KeyWrapper> opener,
      Predicate<KeyId> isMine,
      Duration pause) {
    this.name = name;
    this.secrets = List.copyOf(secrets);
    this.opener = opener;
    this.isMine = isMine;
    this.obstacle = beginning();
    this.watch = Watch.every(pause, "secret-" + name, this::look);
    tell();
    watch.startAfter(pause);
  }

  /** Empty if nothing is. */
  private String missing() {
    return secrets.stream()
        .filter(SecretSource::isMissingYet)
        .map(secret -> secret.description() + " does not exist yet")
        .collect(Collectors.joining(", "));
  }

  /** It may have come between two looks. */
  private String beginning() {
    String missing = missing();
    return missing.isEmpty() ? "its secret was not there at the start" : missing;
  }

  /** Opening a key takes a while; until it is open, what was in the way is. */
  private void look() {
    String missing = missing();
    if (!missing.isEmpty()) {
      tell(missing);
      return;
    }
    try {
      take(opener.get());
    } catch (OperatorException unfit) {
      tell(unfit.getMessage() + "; " + unfit.hint());
    } catch (KmsException failure) {
      tell(String.valueOf(failure.getMessage()));
    } catch (RuntimeException | Error defect) {
      FatalErrors.raise(defect);
      tell("a defect in keywrap: " + DefectTrace.of(defect));
    }
  }

  private void tell(String reason) {
    boolean isNew = !reason.equals(obstacle);
    obstacle = reason;
    if (isNew) {
      budget.reset();
    }
    tell();
  }

  private void tell() {
    if (budget.take()) {
      LOG.log(Level.WARNING, "key \"{0}\" is unavailable: {1}; it is waited for", name, obstacle);
    }
  }

  private synchronized void take(KeyWrapper key) {
    watch.stop();
    if (isClosed) {
      key.close();
      return;
    }
    opened = key;
    LOG.log(Level.INFO, "key \"{0}\": its secret is there now", name);
  }

  private KeyWrapper required() {
    KeyWrapper key = opened;
    if (key == null) {
      throw new BackendUnavailable("the key is not open yet: " + obstacle, null);
    }
    return key;
  }

  @Override
  public Optional<KeyId> currentKeyId() {
    KeyWrapper key = opened;
    return key == null ? Optional.empty() : key.currentKeyId();
  }

  @Override
  public boolean opens(KeyId keyId) {
    KeyWrapper key = opened;
    return key == null ? isMine.test(keyId) : key.opens(keyId);
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    return required().wrap(plaintext, deadline);
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    return required().unwrap(wrapped, deadline);
  }

  /** Calls that fail say what is missing; there is nothing beside that. */
  @Override
  public KeyCondition condition() {
    KeyWrapper key = opened;
    return key == null ? new KeyCondition.Sound() : key.condition();
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    watch.close();
    KeyWrapper key = opened;
    if (key != null) {
      key.close();
    }
  }
}
