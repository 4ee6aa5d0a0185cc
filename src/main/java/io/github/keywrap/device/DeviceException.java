package io.github.keywrap.device;

/**
 * A device answered that it cannot do what it was asked for, in the terms of its own interface,
 * which says here what that means for the call, the connection and the PIN.
 */
public abstract class DeviceException extends RuntimeException {
  /** What an answer to a login says of the PIN. */
  public enum OfPin {
    /** It is not, or no longer, good. */
    REFUSED,
    /** It may be wrong: devices have answered so to a wrong PIN, and counted it. */
    DOUBTFUL,
    /** Certainly nobody looked at it: only then may it be tried again. */
    UNTRIED
  }

  /**
   * @param message what was asked, and what the answer was
   */
  protected DeviceException(String message) {
    super(message);
  }

  /** The answer alone, as the interface's specification writes it. */
  public abstract String answer();

  /** Whether the same call gets the same answer until a person changes something. */
  public abstract boolean isPermanent();

  /** Whether it is about what was asked: on another connection the answer would be the same. */
  public abstract boolean isOfTheCall();

  /** Whether it says that the session, its login or the device is gone. */
  public abstract boolean isOfLostConnection();

  /**
   * Whether the device was not even asked, with numbers that may mean something else by now: it has
   * not failed this key.
   */
  public abstract boolean isOutdated();

  /** What it says of a PIN; {@link OfPin#UNTRIED} if it is no answer to a login. */
  public abstract OfPin ofPin();

  /** Which setting is the usual cause, for the end of a message; empty if there is none. */
  public abstract String hint();
}
