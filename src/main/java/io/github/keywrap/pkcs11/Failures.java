package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;

/** Translates what a token answered into what an operator can do. */
final class Failures {
  private Failures() {}

  /** {@code KmsException}s are translated already. */
  static KmsException translate(RuntimeException failure) {
    return switch (failure) {
      case KmsException known -> known;
      case Pkcs11Exception e -> new BackendUnavailable("the token fails: " + e.getMessage(), e);
      case UnusableOutputException e ->
          new BackendUnavailable("the token does not work: " + e.getMessage(), e);
      default -> new BackendUnavailable("a defect in keywrap: %s".formatted(failure), failure);
    };
  }
}
