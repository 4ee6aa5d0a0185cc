package io.github.keywrap.device;

/** The library does not show the token of the settings: it, or the way to it, is away. */
public final class AbsentDeviceException extends RuntimeException {
  public AbsentDeviceException(String message) {
    super(message);
  }
}
