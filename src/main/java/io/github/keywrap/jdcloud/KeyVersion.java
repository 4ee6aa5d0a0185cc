package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;

/**
 * A version of a key, as the KMS lists it.
 *
 * @param fingerprint 16 hex digits that stand for it in key ids
 * @param created to the second, as the service says
 */
record KeyVersion(String fingerprint, Instant created, KeyStatus status) {
  /** The newest comes last; two of one second always in the same order, on every node. */
  static final Comparator<KeyVersion> BY_AGE =
      Comparator.comparing(KeyVersion::created).thenComparing(KeyVersion::fingerprint);

  private static final int FINGERPRINT_BYTES = 8;

  /**
   * @param keyId of the key
   * @param version the service's own name of the version, of whatever characters
   */
  static KeyVersion of(String keyId, String version, Instant created, KeyStatus status) {
    byte[] hash = Hashes.sha256((keyId + '\0' + version).getBytes(UTF_8));
    return new KeyVersion(
        HexFormat.of().formatHex(Arrays.copyOf(hash, FINGERPRINT_BYTES)), created, status);
  }

  /** Whether both are the same version, in whatever state. */
  boolean isSameAs(KeyVersion other) {
    return fingerprint.equals(other.fingerprint());
  }
}
