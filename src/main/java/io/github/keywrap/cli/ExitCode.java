package io.github.keywrap.cli;

import io.github.keywrap.app.Ending;

/** Exit codes of every command; 78 is EX_CONFIG of sysexits.h. */
final class ExitCode {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  /** {@code serve} has ended without having answered all calls. 3 is the JVM's, out of memory. */
  static final int CUT_OFF = 4;

  static final int CONFIGURATION = 78;

  private ExitCode() {}

  static int of(Ending ending) {
    return switch (ending) {
      case IN_ORDER -> OK;
      case CUT_OFF -> CUT_OFF;
      case BROKEN -> FAILED;
    };
  }
}
