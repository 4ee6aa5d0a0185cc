package io.github.keywrap.domain;

/** What an operator should know of a key, beside whether calls to it work. */
public sealed interface KeyCondition {
  /** Nothing. */
  record Sound() implements KeyCondition {}

  /**
   * Calls work, and something that they will need later does not.
   *
   * @param reason as a sentence
   */
  record Impaired(String reason) implements KeyCondition {}

  /**
   * This process cannot recover by itself; another one could.
   *
   * @param reason as a sentence
   */
  record NeedsRestart(String reason) implements KeyCondition {}
}
