package io.github.keywrap.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Values by full setting name, such as {@code keywrap.keys.trial.type}, each with its place. An
 * empty value is as good as none, wherever it is written: the default is in force, or what else was
 * given.
 */
final class Entries {
  private final Map<String, Entry> byName = new LinkedHashMap<>();
  private final List<Problem> problems;

  /**
   * @param problems where problems are added
   */
  Entries(List<Problem> problems) {
    this.problems = problems;
  }

  /** Adds a value of the file; a second one for the same name is a problem. */
  void add(String name, Entry entry) {
    Entry before = byName.putIfAbsent(name, entry);
    if (before != null) {
      problems.add(
          new Problem(
              entry.place(),
              ShownName.ofSetting(name) + " is given twice",
              "it is also given at " + before.place()));
    }
  }

  /** Sets a value that wins over one of the file. */
  void override(String name, Entry entry) {
    if (!entry.value().isEmpty()) {
      byName.put(name, entry);
    }
  }

  /** The value that was given, unless it is empty. */
  Optional<Entry> get(String name) {
    return Optional.ofNullable(byName.get(name)).filter(entry -> !entry.value().isEmpty());
  }

  /** Where a value was given, an empty one too. */
  Optional<String> place(String name) {
    return Optional.ofNullable(byName.get(name)).map(Entry::place);
  }

  Set<String> names() {
    return byName.keySet();
  }

  /** Names of the keys that have any setting, in alphabetical order. */
  Set<String> keyNames() {
    Set<String> keys = new TreeSet<>();
    for (String name : byName.keySet()) {
      int end = name.indexOf('.', Setting.KEYS.length());
      if (name.startsWith(Setting.KEYS) && end > 0) {
        keys.add(name.substring(Setting.KEYS.length(), end));
      }
    }
    return keys;
  }
}
