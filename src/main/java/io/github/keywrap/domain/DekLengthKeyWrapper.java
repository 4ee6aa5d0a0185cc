package io.github.keywrap.domain;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;

/**
 * Tells when something passes that is no key of kube-apiserver's: those have 32 bytes, under KMS v1
 * and v2, but for the word of its health check of v1. Refuses nothing, as other clients may wrap
 * what they like; but a back end that opens one ciphertext to another plaintext is seen here first,
 * and under v1 kube-apiserver keeps a wrong plaintext in its cache.
 */
public final class DekLengthKeyWrapper extends ForwardingKeyWrapper {
  private static final Logger LOG = System.getLogger(DekLengthKeyWrapper.class.getName());
  private static final int DEK_LENGTH = 32;

  /** What kube-apiserver's health check of a v1 provider wraps: no secret. */
  private static final byte[] HEALTH_CHECK = "ping".getBytes(US_ASCII);

  private static final Duration PAUSE = Duration.ofHours(1);

  private final String name;
  private final LogBudget wrapsTold = new LogBudget(PAUSE);
  private final LogBudget unwrapsTold = new LogBudget(PAUSE);

  /**
   * @param name of the key in the settings
   */
  public DekLengthKeyWrapper(KeyWrapper wrapper, String name) {
    super(wrapper);
    this.name = name;
  }

  private static boolean isStrange(SecretBytes plaintext) {
    return plaintext.length() != DEK_LENGTH && !Arrays.equals(plaintext.expose(), HEALTH_CHECK);
  }

  @Override
  public WrappedKey wrap(SecretBytes plaintext, Deadline deadline) {
    if (isStrange(plaintext) && wrapsTold.take()) {
      LOG.log(
          Level.WARNING,
          "key \"{0}\" is asked to wrap {1} bytes, and keys of kube-apiserver have {2}: another"
              + " program uses it{3}",
          name,
          plaintext.length(),
          DEK_LENGTH,
          wrapsTold.leftOut());
    }
    return super.wrap(plaintext, deadline);
  }

  @Override
  public SecretBytes unwrap(WrappedKey wrapped, Deadline deadline) {
    SecretBytes plaintext = super.unwrap(wrapped, deadline);
    if (isStrange(plaintext) && unwrapsTold.take()) {
      LOG.log(
          Level.WARNING,
          "key \"{0}\" opened a ciphertext to {1} bytes, and keys of kube-apiserver have {2}: if"
              + " kube-apiserver wrote it, the back end answers wrongly; under KMS v1 restart"
              + " kube-apiserver once that has ended, as it keeps the answer{3}",
          name,
          plaintext.length(),
          DEK_LENGTH,
          unwrapsTold.leftOut());
    }
    return plaintext;
  }
}
