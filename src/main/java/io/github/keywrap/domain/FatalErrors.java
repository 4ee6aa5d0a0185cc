package io.github.keywrap.domain;

/**
 * Tells errors that end one piece of work from those that end the process. Whoever runs others'
 * work catches both, so that no loop ends in silence: a class that does not load or a stack that is
 * too deep is a failure to tell, and the next one may pass.
 */
public final class FatalErrors {
  private FatalErrors() {}

  /** Whether the virtual machine itself is at its end, for example of its memory. */
  public static boolean isFatal(Throwable failure) {
    return failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError);
  }

  /**
   * Hands a fatal error to whoever is told of uncaught ones, who ends the process; does nothing
   * about others.
   */
  public static void raise(Throwable failure) {
    if (isFatal(failure)) {
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, failure);
    }
  }
}
