package io.github.keywrap.device;

import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.KmsException.BackendUnavailable;
import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.domain.OperatorException;

/** Translates what a token answered into what an operator can do. */
public final class DeviceErrors {
  private DeviceErrors() {}

  /** {@code KmsException}s are translated already. */
  public static KmsException translate(Throwable failure) {
    return switch (failure) {
      case KmsException known -> known;
      case AbsentDeviceException e -> new BackendUnavailable(String.valueOf(e.getMessage()), e);
      case DeviceException e when e.isPermanent() ->
          new KeyUnavailable("the token cannot do what is asked of it: " + e.getMessage(), e);
      case DeviceException e ->
          new BackendUnavailable("the token fails: " + e.getMessage() + e.hint(), e);
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
  public static RuntimeException translateUnlessTold(RuntimeException failure) {
    return failure instanceof OperatorException ? failure : translate(failure);
  }

  /** Whether initializing the library again may help. */
  static boolean mayPassWithInitialization(RuntimeException failure) {
    return switch (failure) {
      case AbsentDeviceException _, UnusableOutputException _ -> true;
      case DeviceException e -> !e.isPermanent();
      default -> false;
    };
  }
}
