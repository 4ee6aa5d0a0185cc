package io.github.keywrap.cli;

/** Exit codes of every command; 78 is EX_CONFIG of sysexits.h. */
final class ExitCode {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int CONFIGURATION = 78;

  private ExitCode() {}
}
