package io.github.keywrap.pkcs11;

/**
 * A token did not decrypt, in a way that tells nothing: many have one return value for a wrong tag,
 * a broken device and too many calls at once. Says what it answered.
 */
final class DoubtfulCiphertextException extends RuntimeException {
  DoubtfulCiphertextException(Pkcs11Exception answer) {
    super(answer.getMessage(), answer);
  }

  DoubtfulCiphertextException(String answer) {
    super(answer);
  }
}
