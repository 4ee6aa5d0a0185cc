package io.github.keywrap.domain;

import java.util.Optional;

/**
 * Names one version of one KEK: {@code type:identity[:version][;g=N]}, printable ASCII, at most 200
 * bytes. It is the {@code key_id} of KMS v2 and stands in every {@link Envelope}.
 *
 * <p>A key id is a property of the key, not of the settings: renaming a key or moving it to another
 * node leaves it as it is. It is never given to a second key. {@code generation} (0: none is
 * written) makes a new id for the same key, so that going back to an older key is a change that
 * kube-apiserver notices.
 *
 * @param type kind of back end, for example {@code local}
 * @param identity what tells the key from all others in that back end
 * @param version version of the key, empty where the back end has none
 * @param generation 0 to 999,999
 */
public record KeyId(String type, String identity, String version, int generation) {
  /** Longest key id in bytes; kube-apiserver itself would accept 1,024. */
  public static final int MAX_LENGTH = 200;

  private static final int MAX_GENERATION = 999_999;
  private static final String GENERATION = ";g=";

  /**
   * @throws IllegalArgumentException if a part is empty, has a character that is not allowed, or
   *     the whole is over {@value #MAX_LENGTH} bytes
   */
  public KeyId {
    boolean wellFormed =
        isType(type)
            && isPart(identity)
            && (version.isEmpty() || isPart(version))
            && generation >= 0
            && generation <= MAX_GENERATION;
    if (!wellFormed || write(type, identity, version, generation).length() > MAX_LENGTH) {
      throw new IllegalArgumentException("not a key id");
    }
  }

  /** A key id without version and generation. */
  public static KeyId of(String type, String identity) {
    return new KeyId(type, identity, "", 0);
  }

  /** Reads the text form; empty if {@code text} is anything but a well-formed key id. */
  public static Optional<KeyId> parse(String text) {
    int end = text.indexOf(GENERATION);
    int generation = end < 0 ? 0 : parseGeneration(text.substring(end + GENERATION.length()));
    String[] parts = (end < 0 ? text : text.substring(0, end)).split(":", -1);
    boolean hasVersion = parts.length == 3;
    if (generation < 0 || !(parts.length == 2 || hasVersion) || hasVersion && parts[2].isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new KeyId(parts[0], parts[1], hasVersion ? parts[2] : "", generation));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  /** 1 to 999,999 without leading zeros; otherwise -1. */
  private static int parseGeneration(String digits) {
    boolean wellFormed =
        digits.length() >= 1
            && digits.length() <= 6
            && digits.charAt(0) != '0'
            && digits.chars().allMatch(KeyId::isDigit);
    return wellFormed ? Integer.parseInt(digits) : -1;
  }

  private static boolean isType(String text) {
    return !text.isEmpty()
        && isLower(text.charAt(0))
        && text.chars().allMatch(c -> isLower(c) || isDigit(c) || c == '-');
  }

  private static boolean isPart(String text) {
    return !text.isEmpty() && text.chars().allMatch(KeyId::isPartCharacter);
  }

  private static boolean isPartCharacter(int c) {
    return isLower(c) || isDigit(c) || c >= 'A' && c <= 'Z' || c == '.' || c == '_' || c == '-';
  }

  private static boolean isLower(int c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** The same key and version in another generation. */
  public KeyId withGeneration(int newGeneration) {
    return new KeyId(type, identity, version, newGeneration);
  }

  /** Whether both name the same version of the same key, of whatever generation. */
  public boolean isSameKeyAs(KeyId other) {
    return withGeneration(0).equals(other.withGeneration(0));
  }

  /** The text form, which {@link #parse} reads. */
  @Override
  public String toString() {
    return write(type, identity, version, generation);
  }

  private static String write(String type, String identity, String version, int generation) {
    return type
        + ":"
        + identity
        + (version.isEmpty() ? "" : ":" + version)
        + (generation == 0 ? "" : GENERATION + generation);
  }
}
