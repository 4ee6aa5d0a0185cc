package io.github.keywrap.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.github.keywrap.settings.MalformedFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads settings from YAML, also nested. Values keep the text they were written with: {@code mode:
 * 0600} is the four characters.
 */
final class YamlSettings {
  private static final YAMLFactory YAML = new YAMLFactory();

  private final Path path;
  private final Entries entries;
  private final List<Problem> problems;

  /**
   * @param path for messages
   * @param entries where values are added
   * @param problems where what cannot be used is added
   */
  YamlSettings(Path path, Entries entries, List<Problem> problems) {
    this.path = path;
    this.entries = entries;
    this.problems = problems;
  }

  /**
   * Reads all of it.
   *
   * @throws MalformedFileException if it is no YAML
   */
  void read(String text) throws IOException {
    try (YAMLParser parser = YAML.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        problems.add(
            new Problem(path.toString(), "holds no settings", "it begins with \"keywrap:\""));
        return;
      }
      readObject(parser, "");
      if (parser.nextToken() != null) {
        problems.add(new Problem(place(parser), "a second document begins", "keep one"));
      }
    } catch (JsonProcessingException e) {
      throw MalformedFileException.at(
          e,
          "is no YAML: look for a quote, a bracket, a colon or an indentation that is wrong here");
    }
  }

  private void readObject(YAMLParser parser, String prefix) throws IOException {
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = prefix + parser.currentName();
      String place = place(parser);
      boolean isNew = seen.add(name);
      switch (parser.nextToken()) {
        case START_OBJECT -> {
          if (!isNew) {
            problem(place, name, "is given twice", "put all that belongs to it together");
          }
          readObject(parser, name + ".");
        }
        case START_ARRAY -> {
          problem(place, name, "is a list, and takes one value", "");
          parser.skipChildren();
        }
        case VALUE_NULL -> problem(place, name, "has no value", "give one, or drop the line");
        default -> {
          if (parser.isCurrentAlias()) {
            problem(place, name, "is an alias", "write the value itself");
          } else {
            entries.add(name, new Entry(parser.getText(), place));
          }
        }
      }
    }
  }

  private void problem(String place, String name, String what, String hint) {
    problems.add(new Problem(place, ShownName.ofSetting(name) + " " + what, hint));
  }

  private String place(JsonParser parser) {
    return path + ":" + parser.currentTokenLocation().getLineNr();
  }
}
