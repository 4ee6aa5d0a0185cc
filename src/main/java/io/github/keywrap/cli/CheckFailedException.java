package io.github.keywrap.cli;

/** Something answered, but not what it should. */
final class CheckFailedException extends RuntimeException {
  CheckFailedException(String message) {
    super(message);
  }
}
