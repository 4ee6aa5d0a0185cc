package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A version of a key, as the KMS lists it.
 *
 * @param fingerprint 16 hex digits that stand for it in key ids
 * @param created to the second, as the service says
 * @param name the service's own if it can be shown, else the fingerprint
 */
record KeyVersion(String fingerprint, Instant created, KeyStatus status, String name) {
  /** The newest comes last; two of one second always in the same order, on every node. */
  static final Comparator<KeyVersion> BY_AGE =
      Comparator.comparing(KeyVersion::created).thenComparing(KeyVersion::fingerprint);

  private static final int FINGERPRINT_BYTES = 8;
  private static final Pattern SHOWN = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int MAX_NAMED = 5;

  /**
   * @param keyId of the key
   * @param version the service's own name of the version, of whatever characters
   */
  static KeyVersion of(String keyId, String version, Instant created, KeyStatus status) {
    byte[] hash = Hashes.sha256((keyId + '\0' + version).getBytes(UTF_8));
    String fingerprint = HexFormat.of().formatHex(Arrays.copyOf(hash, FINGERPRINT_BYTES));
    boolean isShown = SHOWN.matcher(version).matches();
    return new KeyVersion(fingerprint, created, status, isShown ? version : fingerprint);
  }

  /** Those that the service says may not be used, the newest first. */
  static List<KeyVersion> unusable(Collection<KeyVersion> versions) {
    return versions.stream()
        .filter(version -> version.status().isUnusable())
        .sorted(BY_AGE.reversed())
        .toList();
  }

  /** A few of them by name, state and age, and how many more there are. */
  static String words(List<KeyVersion> versions) {
    String few =
        versions.stream()
            .limit(MAX_NAMED)
            .map(
                version ->
                    "version %s (%s, made %s)"
                        .formatted(version.name(), version.status().words(), version.created()))
            .collect(joining(", "));
    int more = versions.size() - MAX_NAMED;
    return more > 0 ? few + " and %d more".formatted(more) : few;
  }

  /** Whether both are the same version, in whatever state. */
  boolean isSameAs(KeyVersion other) {
    return fingerprint.equals(other.fingerprint());
  }
}
