package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.OperatorException;

/** Translates what a token answered into what an operator can do. */
final class Failures {
  private Failures() {}

  /** {@code KmsException}s are translated already. */
  static KmsException translate(Throwable failure) {
    return switch (failure) {
      case KmsException known -> known;
      case AbsentTokenException e -> new BackendUnavailable(String.valueOf(e.getMessage()), e);
      case Pkcs11Exception e when e.isPermanent() ->
          new KeyUnavailable("the token cannot do what is asked of it: " + e.getMessage(), e);
      case Pkcs11Exception e ->
          new BackendUnavailable("the token fails: " + e.getMessage() + Hints.of(e), e);
      case DoubtfulCiphertextException e ->
          new BackendUnavailable("the token fails: " + e.getMessage(), e);
      case UnusableOutputException e ->
          new BackendUnavailable("the token does not work: " + e.getMessage(), e);
      default ->
          new BackendUnavailable(
              "a defect in keywrap: " + failure.getClass().getSimpleName(), failure);
    };
  }

  /** Of work in the foreground, which also fails by what an operator did. */
  static RuntimeException translateUnlessTold(RuntimeException failure) {
    return failure instanceof OperatorException ? failure : translate(failure);
  }

  /** Whether initializing the library again may help. */
  static boolean mayPassWithInitialization(RuntimeException failure) {
    return switch (failure) {
      case AbsentTokenException _, UnusableOutputException _ -> true;
      case Pkcs11Exception e -> !e.isPermanent();
      default -> false;
    };
  }
}
