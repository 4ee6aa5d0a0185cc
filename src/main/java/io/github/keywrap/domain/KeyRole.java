package io.github.keywrap.domain;

/** What a key of the ring is for. */
public enum KeyRole {
  /** The active key: wraps, and unwraps what it wrapped. */
  WRAPS,
  /** An older key: unwraps only. */
  READS
}
