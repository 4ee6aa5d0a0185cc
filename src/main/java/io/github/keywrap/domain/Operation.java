package io.github.keywrap.domain;

/** What a key is asked to do. What fails for the one says nothing of the other. */
public enum Operation {
  WRAP,
  UNWRAP
}
