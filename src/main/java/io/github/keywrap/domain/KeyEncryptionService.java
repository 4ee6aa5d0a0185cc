package io.github.keywrap.domain;

import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What kube-apiserver asks a KMS for, over plain values: encrypt, decrypt, status, each with one
 * lease of the ring (the seam of k8s.io/kms, pkg/service/interface.go). In KMS v1 the caller keeps
 * a ciphertext and nothing else; in v2 also the id of the key, which Status has to name as well.
 *
 * <p>Each future ends no later than the deadline, and fails with {@link KmsException}. Cancelling
 * it gives the call up. Thread-safe.
 */
public final class KeyEncryptionService {
  /** Bytes; kube-apiserver refuses a longer ciphertext from KMS v2. */
  private static final int MAX_CIPHERTEXT = 1_024;

  private final RingSource rings;
  private final StatusPolicy statusPolicy;

  public KeyEncryptionService(RingSource rings, StatusPolicy statusPolicy) {
    this.rings = rings;
    this.statusPolicy = statusPolicy;
  }

  /** KMS v2's Status, from memory, whatever the back end does. */
  public StatusPolicy.Answer status() {
    try (RingSource.Lease lease = rings.lease()) {
      return statusPolicy.answer(lease.ring().active().monitor().health(), System.nanoTime());
    }
  }

  /**
   * KMS v1's Encrypt.
   *
   * @param plaintext taken over
   */
  public CompletableFuture<WrappedKey> encrypt(SecretBytes plaintext, Deadline deadline) {
    return with(plaintext, ring -> ring.active().wrap(plaintext, deadline));
  }

  /**
   * KMS v2's Encrypt: under the key id that Status names, and read back.
   *
   * @param plaintext taken over
   */
  public CompletableFuture<WrappedKey> encryptNamed(SecretBytes plaintext, Deadline deadline) {
    return with(
        plaintext,
        ring -> {
          RingKey active = ring.active();
          KeyId named = namedByStatus(active);
          return then(
              active.wrapVerified(plaintext, deadline),
              wrapped -> acceptable(wrapped, named, active));
        });
  }

  /** kube-apiserver compares the two. */
  private static KeyId namedByStatus(RingKey active) {
    return active
        .monitor()
        .health()
        .lastKeyId()
        .orElseThrow(
            () -> new BackendUnavailable("the active key is not usable; see v2 Status", null));
  }

  private static WrappedKey acceptable(WrappedKey wrapped, KeyId named, RingKey active) {
    if (!wrapped.keyId().equals(named)) {
      active.monitor().probeNow();
      throw new BackendUnavailable("the key has just changed; ask for Status again", null);
    }
    int length = wrapped.ciphertext().length;
    if (length > MAX_CIPHERTEXT) {
      throw new InvalidCiphertext(
          "the ciphertext would be %d bytes long, and kube-apiserver accepts at most %d"
              .formatted(length, MAX_CIPHERTEXT));
    }
    return wrapped;
  }

  /**
   * KMS v1's Decrypt.
   *
   * @return the plaintext, the caller's to close
   * @throws KmsException if no key opens it
   */
  public CompletableFuture<SecretBytes> decrypt(byte[] ciphertext, Deadline deadline) {
    return with(ring -> unwrap(ring.route(ciphertext), deadline));
  }

  /**
   * KMS v2's Decrypt.
   *
   * @param keyId that came with the ciphertext
   * @return the plaintext, the caller's to close
   * @throws KmsException if no key opens it
   */
  public CompletableFuture<SecretBytes> decryptNamed(
      byte[] ciphertext, String keyId, Deadline deadline) {
    return with(ring -> unwrap(ring.route(ciphertext, keyId), deadline));
  }

  private static CompletableFuture<SecretBytes> unwrap(KeyRing.Route route, Deadline deadline) {
    return route.key().unwrap(route.wrapped(), deadline);
  }

  private <T> CompletableFuture<T> with(
      SecretBytes plaintext, Function<KeyRing, CompletableFuture<T>> call) {
    try {
      return with(call);
    } catch (RuntimeException | Error refused) {
      plaintext.close();
      throw refused;
    }
  }

  /** With a lease that ends when the call does. */
  private <T> CompletableFuture<T> with(Function<KeyRing, CompletableFuture<T>> call) {
    RingSource.Lease lease = rings.lease();
    try {
      CompletableFuture<T> result = call.apply(lease.ring());
      CompletableFuture<?> _ = result.whenComplete((_, _) -> lease.close());
      return result;
    } catch (RuntimeException | Error refused) {
      lease.close();
      throw refused;
    }
  }

  /** Like {@link CompletableFuture#thenApply}, and cancelling the second cancels the first. */
  private static <A, B> CompletableFuture<B> then(
      CompletableFuture<A> first, Function<A, B> function) {
    CompletableFuture<B> second = first.thenApply(function);
    CompletableFuture<?> _ =
        second.whenComplete(
            (_, _) -> {
              if (second.isCancelled()) {
                first.cancel(false);
              }
            });
    return second;
  }
}
