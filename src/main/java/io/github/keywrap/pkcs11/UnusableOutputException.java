package io.github.keywrap.pkcs11;

/** The token reported success and returned what cannot be true. */
final class UnusableOutputException extends RuntimeException {
  UnusableOutputException(String message) {
    super(message);
  }
}
