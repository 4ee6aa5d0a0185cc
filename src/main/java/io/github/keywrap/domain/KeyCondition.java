package io.github.keywrap.domain;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What an operator should know of a key, beside whether calls to it work. */
public sealed interface KeyCondition {
  /** Nothing. */
  record Sound() implements KeyCondition {}

  /**
   * Nothing is wrong, and something may not be as it is meant to be.
   *
   * @param reason as a sentence
   */
  record Noted(String reason) implements KeyCondition {}

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

  /** All that is to know of several parts of one key; none hides another. */
  static KeyCondition all(List<KeyCondition> parts) {
    List<String> reasons =
        parts.stream()
            .sorted(Comparator.comparing(part -> part instanceof Noted))
            .map(KeyCondition::words)
            .flatMap(Optional::stream)
            .distinct()
            .toList();
    String all = String.join("; ", reasons);
    if (parts.stream().anyMatch(part -> part instanceof NeedsRestart)) {
      return new NeedsRestart(all);
    }
    if (parts.stream().anyMatch(part -> part instanceof Impaired)) {
      return new Impaired(all);
    }
    return reasons.isEmpty() ? new Sound() : new Noted(all);
  }

  /** What is to know, as a sentence; empty if it is sound. */
  default Optional<String> words() {
    return switch (this) {
      case Sound _ -> Optional.empty();
      case Noted(String reason) -> Optional.of(reason);
      case Impaired(String reason) -> Optional.of(reason);
      case NeedsRestart(String reason) -> Optional.of(reason);
    };
  }

  /** What to add to a line that says how the key does; empty if it is sound. */
  default String addition() {
    return switch (this) {
      case Sound _ -> "";
      case Noted(String reason) -> "; note: " + reason;
      case Impaired(String reason) -> "; but: " + reason;
      case NeedsRestart(String reason) -> "; needs a restart: " + reason;
    };
  }
}
