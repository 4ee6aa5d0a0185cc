package io.github.keywrap.jdcloud;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyCondition;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.InvalidCiphertext;
import io.github.keywrap.domain.KmsException.UnknownKey;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Wraps with a key in JD Cloud KMS. A ciphertext is the service's blob and nothing else, as
 * jdcloud-sec/k8s-kms-plugin has it: each opens what the other wrapped. That an altered blob does
 * not open is the service's to guarantee. The version in the key id of a request is a label for
 * kube-apiserver, and not part of the blob: which blobs open, the service alone says.
 */
final class JdCloudKeyWrapper implements KeyWrapper {
  /** What kube-apiserver can store of a v1 ciphertext (a 16-bit length). */
  private static final int MAX_CIPHERTEXT = 65_535;

  private final KeyId keyId;
  private final KmsApi api;
  private final KeyVersions versions;
  private final Refusals refusals;
  private final List<Supplier<KeyCondition>> conditions;
  private final List<Runnable> owned;
  private volatile boolean closed;

  /**
   * @param keyId without a version
   * @param refusals say what a failed call means
   * @param conditions what there may be to know
   * @param owned closes what is the key's own, in this order
   */
  JdCloudKeyWrapper(
      KeyId keyId,
      KmsApi api,
      KeyVersions versions,
      Refusals refusals,
      List<Supplier<KeyCondition>> conditions,
      List<Runnable> owned) {
    this.keyId = keyId;
    this.api = api;
    this.versions = versions;
    this.refusals = refusals;
    this.conditions = List.copyOf(conditions);
    this.owned = List.copyOf(owned);
  }

  @Override
  public Optional<KeyId> currentKeyId() {
    return versions.current();
  }

  /** Any version, or none: which there are, only the service knows for sure. */
  @Override
  public boolean opens(KeyId candidate) {
    return candidate.type().equals(keyId.type()) && candidate.identity().equals(keyId.identity());
  }

  /** Waits for no list of versions: until there is one, the id is that of the key alone. */
  @Override
  public boolean isVersioned() {
    return true;
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    if (plaintext.length() < 1 || plaintext.length() > MAX_PLAINTEXT) {
      throw new IllegalArgumentException("1 to " + MAX_PLAINTEXT + " bytes can be wrapped");
    }
    requireOpen();
    try {
      KeyId current = versions.current().orElse(keyId);
      byte[] blob = api.encrypt(plaintext, deadline);
      if (blob.length > MAX_CIPHERTEXT) {
        throw new BackendUnavailable(
            "the KMS returned %d bytes, more than kube-apiserver can store".formatted(blob.length),
            null);
      }
      return new WrappedKey(current, blob);
    } catch (CallFailure failure) {
      throw refusals.ofEncrypt(failure, deadline);
    }
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    if (!opens(wrapped.keyId())) {
      throw new UnknownKey("the ciphertext is of another key: " + wrapped.keyId());
    }
    requireOpen();
    byte[] blob = wrapped.ciphertext();
    if (blob.length == 0) {
      throw new InvalidCiphertext(
          "the ciphertext is empty: whatever stored it has lost the key of this object;"
              + " see docs/migrate-from-jdcloud-sec.md");
    }
    if (blob.length > MAX_CIPHERTEXT) {
      throw new InvalidCiphertext("the ciphertext is longer than any the KMS makes");
    }
    try {
      return api.decrypt(blob, deadline);
    } catch (CallFailure failure) {
      throw refusals.ofDecrypt(failure, deadline);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new BackendUnavailable("the key is closed", null);
    }
  }

  @Override
  public KeyCondition condition() {
    return KeyCondition.all(conditions.stream().map(Supplier::get).toList());
  }

  @Override
  public void close() {
    closed = true;
    owned.forEach(Runnable::run);
  }
}
