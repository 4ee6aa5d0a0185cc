package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.AccessDenied;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.KmsException.ReadBackMismatch;
import io.github.keywrap.domain.KmsException.Throttled;
import io.github.keywrap.domain.KmsException.UnknownKey;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tries one key. A key that wraps wraps 32 random bytes, unwraps them and compares; and what it
 * wrapped first must still open, or another key has taken its place. Where it does not wrap, the
 * first sample tells whether it still unwraps. A key that is only read with is asked to wrap once,
 * for a sample, unless it has just opened something, and is not judged by that. Not thread-safe.
 */
final class KeyProbe {
  private static final int LENGTH = 32;

  private final KeyWrapper verified;
  private final KeyRole role;
  private final Duration timeout;
  private final LastOpened opened;
  private final SecureRandom random = new SecureRandom();

  private @Nullable Sample first;

  /** What a probe wrapped. Its plaintext is random, and no secret. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Sample(WrappedKey wrapped, byte[] plaintext) {}

  /** What a probe found out. */
  sealed interface Finding {
    /** All that the key is for works. */
    record Works(KeyId keyId) implements Finding {}

    /** All that the key is for works, but its key id is not known yet. */
    record WorksUnnamed() implements Finding {}

    /** What the key is for fails; {@link #reads} tells more. */
    record Fails(KmsException cause) implements Finding {}

    /** The key does not wrap, which is not its task, and there is nothing to read with it. */
    record Untold(KmsException cause) implements Finding {}
  }

  /**
   * @param verified reads back every wrap
   * @param timeout of a wrap with its read-back, and again of an unwrap
   * @param opened by anybody
   */
  KeyProbe(KeyWrapper verified, KeyRole role, Duration timeout, LastOpened opened) {
    this.verified = verified;
    this.role = role;
    this.timeout = timeout;
    this.opened = opened;
  }

  Finding run() {
    Sample kept = first;
    if (role == KeyRole.READS) {
      if (kept != null) {
        return readOnly(kept);
      }
      if (opened.ciphertext().map(this::opens).orElse(Reads.UNKNOWN) == Reads.WORK) {
        return worksToRead();
      }
    }
    try {
      return wrap();
    } catch (AccessDenied | KeyUnavailable refused) {
      return role == KeyRole.READS ? new Finding.Untold(refused) : new Finding.Fails(refused);
    } catch (KmsException failure) {
      return new Finding.Fails(failure);
    }
  }

  private Finding wrap() {
    byte[] bytes = new byte[LENGTH];
    random.nextBytes(bytes);
    try (SecretBytes secret = SecretBytes.owning(bytes.clone())) {
      boolean isNamed = verified.currentKeyId().isPresent();
      WrappedKey wrapped = verified.wrap(secret, Deadline.after(timeout));
      Sample before = first;
      if (before != null && before.wrapped().keyId().equals(wrapped.keyId())) {
        reopen(before);
      } else {
        first = new Sample(wrapped, bytes);
      }
      return isNamed || verified.currentKeyId().filter(wrapped.keyId()::equals).isPresent()
          ? new Finding.Works(wrapped.keyId())
          : new Finding.WorksUnnamed();
    }
  }

  private Finding readOnly(Sample kept) {
    try {
      reopen(kept);
      return worksToRead();
    } catch (KmsException failure) {
      return new Finding.Fails(failure);
    }
  }

  private Finding worksToRead() {
    return verified
        .currentKeyId()
        .<Finding>map(Finding.Works::new)
        .orElseGet(Finding.WorksUnnamed::new);
  }

  /** Whether the key opens what it wrapped, after it has failed. */
  Reads reads() {
    Sample kept = first;
    if (kept == null) {
      return opened.ciphertext().map(this::opens).orElse(Reads.UNKNOWN);
    }
    try {
      reopen(kept);
      return Reads.WORK;
    } catch (Throttled notTold) {
      return Reads.UNKNOWN;
    } catch (KmsException failure) {
      return Reads.FAIL;
    }
  }

  /** What somebody else could open a while ago. */
  private Reads opens(WrappedKey wrapped) {
    try (SecretBytes _ = verified.unwrap(wrapped, Deadline.after(timeout))) {
      return Reads.WORK;
    } catch (Throttled | InvalidCiphertext | UnknownKey notTold) {
      return Reads.UNKNOWN;
    } catch (KmsException failure) {
      return Reads.FAIL;
    }
  }

  /**
   * The first sample of a key id must open for as long as that is the key id. Where a service may
   * have removed its version, that is told once, and the next probe begins anew.
   */
  private void reopen(Sample sample) {
    try (SecretBytes opened = verified.unwrap(sample.wrapped(), Deadline.after(timeout))) {
      if (!MessageDigest.isEqual(opened.expose(), sample.plaintext())) {
        throw anotherKey(null);
      }
    } catch (KeyUnavailable refused) {
      throw refused.isOfVersion() ? notOpened(refused) : refused;
    } catch (InvalidCiphertext | UnknownKey refused) {
      throw notOpened(refused);
    }
  }

  private ReadBackMismatch notOpened(KmsException refused) {
    if (verified.isVersioned()) {
      first = null;
      return new ReadBackMismatch(
          "the key does not open what it wrapped earlier: its version was removed or disabled, or"
              + " another key is in its place",
          refused);
    }
    return anotherKey(refused);
  }

  private static ReadBackMismatch anotherKey(@Nullable KmsException cause) {
    return new ReadBackMismatch(
        "the key does not open what it wrapped earlier: another key is in its place", cause);
  }
}
