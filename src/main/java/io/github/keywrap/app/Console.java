package io.github.keywrap.app;

/** What only the command line may do for those who serve. */
public interface Console {
  /** Prints a line for the operator. Never waits. */
  void tell(String line);

  /** Lines of the log that were dropped so far, since nobody read them. */
  long droppedLines();

  /** Ends the process at once, whatever hangs in it. Does not return. */
  void end(Ending ending);
}
