package io.github.keywrap.domain;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
  private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9-]*");
  private static final Pattern PART = Pattern.compile("[0-9A-Za-z._-]+");
  private static final Pattern FORM =
      Pattern.compile("([^:;]+):([^:;]+)(?::([^:;]+))?(?:;g=([1-9][0-9]{0,5}))?");

  /**
   * @throws IllegalArgumentException if a part is empty, has a character that is not allowed, or
   *     the whole is over {@value #MAX_LENGTH} bytes
   */
  public KeyId {
    boolean wellFormed =
        TYPE.matcher(type).matches()
            && PART.matcher(identity).matches()
            && (version.isEmpty() || PART.matcher(version).matches())
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
    Matcher form = FORM.matcher(text);
    if (text.length() > MAX_LENGTH || !form.matches()) {
      return Optional.empty();
    }
    String version = form.group(3) == null ? "" : form.group(3);
    int generation = form.group(4) == null ? 0 : Integer.parseInt(form.group(4));
    try {
      return Optional.of(new KeyId(form.group(1), form.group(2), version, generation));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  /** The same key and version in another generation. */
  public KeyId withGeneration(int newGeneration) {
    return new KeyId(type, identity, version, newGeneration);
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
        + (generation == 0 ? "" : ";g=" + generation);
  }
}
