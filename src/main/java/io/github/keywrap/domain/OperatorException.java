package io.github.keywrap.domain;

/**
 * Something that a person has to mend: what is wrong, and what mends it. Shown as it is, without a
 * stack trace. Holds no secret.
 */
public final class OperatorException extends RuntimeException {
  private final String message;
  private final String hint;

  /**
   * Makes an error for the operator.
   *
   * @param message what is wrong
   * @param hint what mends it, a command where there is one
   */
  public OperatorException(String message, String hint) {
    super(message);
    this.message = message;
    this.hint = hint;
  }

  @Override
  public String getMessage() {
    return message;
  }

  public String hint() {
    return hint;
  }
}
