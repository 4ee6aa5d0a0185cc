package io.github.keywrap.domain;

/** Whether a key that has failed a probe still opens what it wrapped before. */
public enum Reads {
  WORK("; what it wrapped opens"),
  FAIL("; what it wrapped does not open"),
  UNKNOWN("");

  private final String words;

  Reads(String words) {
    this.words = words;
  }

  /** The end of a sentence on what failed; empty if nothing is known. */
  public String words() {
    return words;
  }
}
