package io.github.keywrap.device;

/** The token reported success and returned what cannot be true. */
public final class UnusableOutputException extends RuntimeException {
  public UnusableOutputException(String message) {
    super(message);
  }
}
