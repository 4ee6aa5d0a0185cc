package io.github.keywrap.settings;

/** Names a token, by what it keeps when it moves to another slot. */
public sealed interface TokenName {
  /** By its label. */
  record Label(String label) implements TokenName {
    @Override
    public String toString() {
      return "\"" + label + "\"";
    }
  }

  /** By its serial number. */
  record Serial(String serial) implements TokenName {
    @Override
    public String toString() {
      return "with serial " + serial;
    }
  }
}
