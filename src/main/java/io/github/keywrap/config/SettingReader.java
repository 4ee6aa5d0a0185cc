package io.github.keywrap.config;

import static java.util.Locale.ROOT;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads typed values. A value that is missing or wrong is added to the problems and replaced by a
 * stand-in, so that reading goes on to the next; nothing that was read may be used if there are
 * problems.
 */
final class SettingReader {
  private final Entries entries;
  private final List<Problem> problems;
  private final List<Problem> warnings;
  private final Path folder;
  private final String source;

  /**
   * @param problems where what cannot be used is added
   * @param warnings where what should be changed is added
   * @param folder that relative paths start from
   * @param source place of what is missing
   */
  SettingReader(
      Entries entries, List<Problem> problems, List<Problem> warnings, Path folder, String source) {
    this.entries = entries;
    this.problems = problems;
    this.warnings = warnings;
    this.folder = folder;
    this.source = source;
  }

  /** What is in force: the given value, or the default. */
  Entry effective(Setting setting, String key) {
    return entries
        .get(setting.nameFor(key))
        .orElseGet(() -> new Entry(setting.defaultValue(), "default"));
  }

  boolean isGiven(Setting setting, String key) {
    return entries.get(setting.nameFor(key)).isPresent();
  }

  String text(Setting setting, String key) {
    Entry entry = effective(setting, key);
    if (entry.value().isEmpty() && setting.required()) {
      problems.add(
          new Problem(
              isGiven(setting, key) ? entry.place() : source,
              setting.nameFor(key) + " is missing",
              setting.meaning()));
    }
    return entry.value();
  }

  Path path(Setting setting, String key) {
    String text = text(setting, key);
    return parse(setting, key, value -> Optional.of(folder.resolve(text).normalize()), "a path")
        .orElse(folder);
  }

  <T> T choice(Setting setting, String key, Map<String, T> choices, T standIn) {
    String text = text(setting, key);
    if (text.isEmpty()) {
      return standIn;
    }
    if (!choices.containsKey(text)) {
      problem(setting, key, "is none of its values", NearestName.hint(text, choices.keySet()));
    }
    return choices.getOrDefault(text, standIn);
  }

  boolean flag(Setting setting, String key) {
    return choice(setting, key, Map.of("true", true, "false", false), false);
  }

  int number(Setting setting, String key, int least, int most, int otherwise) {
    return effective(setting, key).value().isEmpty()
        ? otherwise
        : number(setting, key, least, most);
  }

  int number(Setting setting, String key, int least, int most) {
    return parse(
            setting,
            key,
            text -> Optional.of(Integer.parseInt(text)).filter(n -> n >= least && n <= most),
            "a whole number from %d to %d".formatted(least, most))
        .orElse(least);
  }

  /** A duration as Kubernetes writes it: {@code 3s}, {@code 500ms}, {@code 1m30s}, {@code 24h}. */
  Duration duration(Setting setting, String key, Duration least, Duration most) {
    return parse(
            setting,
            key,
            text ->
                Optional.of(parseDuration(text))
                    .filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0),
            "a duration from %s to %s, such as 500ms, 3s, 1m30s or 24h"
                .formatted(format(least), format(most)))
        .orElse(least);
  }

  <T> Optional<T> parse(
      Setting setting, String key, Function<String, Optional<T>> parser, String expected) {
    Optional<T> value;
    try {
      value = parser.apply(effective(setting, key).value());
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException notParsed) {
      value = Optional.empty();
    }
    if (value.isEmpty()) {
      problem(setting, key, "is not " + expected, "");
    }
    return value;
  }

  void problem(Setting setting, String key, String message, String hint) {
    problems.add(about(setting, key, message, hint));
  }

  void warning(Setting setting, String key, String message, String hint) {
    warnings.add(about(setting, key, message, hint));
  }

  private Problem about(Setting setting, String key, String message, String hint) {
    String name = setting.nameFor(key);
    String place = isGiven(setting, key) ? effective(setting, key).place() : source;
    return new Problem(place, name + " " + message, hint);
  }

  private static Duration parseDuration(String text) {
    return text.endsWith("ms")
        ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
        : Duration.parse("PT" + text);
  }

  private static String format(Duration duration) {
    return duration.toString().substring(2).toLowerCase(ROOT);
  }
}
