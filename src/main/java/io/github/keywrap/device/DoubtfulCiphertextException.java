package io.github.keywrap.device;

/**
 * A token did not decrypt, in a way that tells nothing: many have one return value for a wrong tag,
 * a broken device and too many calls at once. Says what it answered.
 */
public final class DoubtfulCiphertextException extends RuntimeException {
  public DoubtfulCiphertextException(DeviceException answer) {
    super(answer.getMessage(), answer);
  }

  public DoubtfulCiphertextException(String answer) {
    super(answer);
  }
}
