package io.github.keywrap.app;

/** How serving has ended. */
public enum Ending {
  /** All calls were answered. */
  IN_ORDER,
  /** The time for that ran out. */
  CUT_OFF,
  /** The process was no longer worth anything. */
  BROKEN
}
