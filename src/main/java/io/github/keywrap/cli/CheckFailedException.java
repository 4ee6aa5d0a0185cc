package io.github.keywrap.cli;

/** Something answered, but not what it should. */
final class CheckFailedException extends RuntimeException {
  private final String message;

  CheckFailedException(String message) {
    super(message);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
