package io.github.keywrap.config;

import static java.util.Locale.ROOT;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads typed values, of one key or of what all have in common. A value that is missing or wrong is
 * added to the problems and replaced by a stand-in, so that reading goes on to the next; nothing
 * that was read may be used if there are problems.
 */
final class SettingReader {
  private final Entries entries;
  private final Set<String> meant;
  private final List<Problem> problems;
  private final List<Problem> warnings;
  private final Path folder;
  private final String source;
  private final String key;

  /**
   * @param meant settings that are probably given, by a name that is none
   * @param problems where what cannot be used is added
   * @param warnings where what should be changed is added
   * @param folder that relative paths start from
   * @param source place of what is missing
   */
  SettingReader(
      Entries entries,
      Set<String> meant,
      List<Problem> problems,
      List<Problem> warnings,
      Path folder,
      String source) {
    this.entries = entries;
    this.meant = meant;
    this.problems = problems;
    this.warnings = warnings;
    this.folder = folder;
    this.source = source;
    this.key = "";
  }

  private SettingReader(SettingReader whole, String key) {
    this.entries = whole.entries;
    this.meant = whole.meant;
    this.problems = whole.problems;
    this.warnings = whole.warnings;
    this.folder = whole.folder;
    this.source = whole.source;
    this.key = key;
  }

  /** One that reads the settings of that key; what all have in common it reads as this does. */
  SettingReader of(String key) {
    return new SettingReader(this, key);
  }

  /** Name of the key whose settings it reads; empty: it reads what all have in common. */
  String key() {
    return key;
  }

  /** What is in force: the given value, or the default. */
  Entry effective(Setting setting) {
    return entries
        .get(setting.nameFor(key))
        .orElseGet(() -> new Entry(setting.defaultValue(), "default"));
  }

  boolean isGiven(Setting setting) {
    return entries.get(setting.nameFor(key)).isPresent();
  }

  String text(Setting setting) {
    Entry entry = effective(setting);
    if (entry.value().isEmpty() && setting.required()) {
      missing(List.of(setting), setting.meaning());
    }
    return entry.value();
  }

  /** One of these is missing, unless it is only misspelt: that is a problem already. */
  void missing(List<Setting> oneOf, String hint) {
    if (oneOf.stream().noneMatch(setting -> meant.contains(setting.nameFor(key)))) {
      problem(oneOf.getFirst(), "is missing", hint);
    }
  }

  Path path(Setting setting) {
    String text = text(setting);
    return parse(setting, value -> Optional.of(folder.resolve(text).normalize()), "a path")
        .orElse(folder);
  }

  <T> T choice(Setting setting, Map<String, T> choices, T standIn) {
    String text = text(setting);
    if (text.isEmpty()) {
      return standIn;
    }
    if (!choices.containsKey(text)) {
      problem(
          setting,
          "is %s, which is none of its values".formatted(ShownName.ofValue(text)),
          NearestName.hintAndAll(text, choices.keySet()));
    }
    return choices.getOrDefault(text, standIn);
  }

  boolean flag(Setting setting) {
    return choice(setting, Map.of("true", true, "false", false), false);
  }

  int number(Setting setting, int least, int most, int otherwise) {
    return effective(setting).value().isEmpty() ? otherwise : number(setting, least, most);
  }

  int number(Setting setting, int least, int most) {
    return parse(
            setting,
            text -> Optional.of(Integer.parseInt(text)).filter(n -> n >= least && n <= most),
            "a whole number from %d to %d".formatted(least, most))
        .orElse(least);
  }

  /** A duration as Kubernetes writes it: {@code 3s}, {@code 500ms}, {@code 1m30s}, {@code 24h}. */
  Duration duration(Setting setting, Duration least, Duration most) {
    return parse(
            setting,
            text ->
                Optional.of(parseDuration(text))
                    .filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0),
            "a duration from %s to %s, such as 500ms, 3s, 1m30s or 24h"
                .formatted(format(least), format(most)))
        .orElse(least);
  }

  <T> Optional<T> parse(Setting setting, Function<String, Optional<T>> parser, String expected) {
    Optional<T> value;
    try {
      value = parser.apply(effective(setting).value());
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException notParsed) {
      value = Optional.empty();
    }
    if (value.isEmpty()) {
      problem(setting, "is not " + expected, "");
    }
    return value;
  }

  void problem(Setting setting, String message, String hint) {
    problems.add(about(setting, message, hint));
  }

  void warning(Setting setting, String message, String hint) {
    warnings.add(about(setting, message, hint));
  }

  private Problem about(Setting setting, String message, String hint) {
    String name = setting.nameFor(key);
    String place = isGiven(setting) ? effective(setting).place() : source;
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
