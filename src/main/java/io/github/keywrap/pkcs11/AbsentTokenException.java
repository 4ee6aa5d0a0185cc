package io.github.keywrap.pkcs11;

/** The library does not show the token of the settings: it, or the way to it, is away. */
final class AbsentTokenException extends RuntimeException {
  AbsentTokenException(String message) {
    super(message);
  }
}
