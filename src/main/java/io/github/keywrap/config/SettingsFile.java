package io.github.keywrap.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * Reads a settings file, flat and untyped: YAML (also nested), or properties if its name ends so.
 * Values keep the text they were written with: {@code mode: 0600} is the four characters.
 */
final class SettingsFile implements SettingsSource {
  private static final long MAX_LENGTH = 1_048_576;

  private final Path path;

  SettingsFile(Path path) {
    this.path = path;
  }

  @Override
  public void readInto(Entries entries, List<Problem> problems, List<Problem> warnings) {
    try {
      if (!Files.isRegularFile(path) && Files.exists(path)) {
        problems.add(new Problem(path.toString(), "is not a regular file", ""));
      } else if (Files.size(path) > MAX_LENGTH) {
        problems.add(new Problem(path.toString(), "is over 1 MiB", ""));
      } else if (path.toString().endsWith(".properties")) {
        readProperties(entries);
      } else {
        readYaml(entries, problems);
      }
    } catch (NoSuchFileException e) {
      problems.add(
          new Problem(path.toString(), "does not exist", "name the settings with --config FILE"));
    } catch (JsonProcessingException e) {
      String place = path + (e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr());
      problems.add(new Problem(place, "is not YAML that keywrap can read", firstLine(e)));
    } catch (IOException | IllegalArgumentException e) {
      problems.add(
          new Problem(
              path.toString(), "cannot be read", "check that this user may read it, as UTF-8"));
    }
  }

  private void readProperties(Entries entries) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(path)) {
      properties.load(reader);
    }
    properties.stringPropertyNames().stream()
        .sorted()
        .forEach(
            name ->
                entries.add(
                    name, new Entry(properties.getProperty(name).strip(), path.toString())));
  }

  private void readYaml(Entries entries, List<Problem> problems) throws IOException {
    YAMLFactory yaml =
        YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (Reader reader = Files.newBufferedReader(path);
        YAMLParser parser = yaml.createParser(reader)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        readObject(parser, "", entries, problems);
        if (parser.nextToken() != null) {
          problems.add(new Problem(place(parser), "a second document begins", "keep one"));
        }
      } else {
        problems.add(
            new Problem(path.toString(), "holds no settings", "it begins with \"keywrap:\""));
      }
    }
  }

  private void readObject(YAMLParser parser, String prefix, Entries entries, List<Problem> problems)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = prefix + parser.currentName();
      String place = place(parser);
      switch (parser.nextToken()) {
        case START_OBJECT -> readObject(parser, name + ".", entries, problems);
        case START_ARRAY -> {
          problems.add(new Problem(place, name + " is a list, and takes one value", ""));
          parser.skipChildren();
        }
        case VALUE_NULL ->
            problems.add(new Problem(place, name + " has no value", "give one, or drop the line"));
        default -> {
          if (parser.isCurrentAlias()) {
            problems.add(new Problem(place, name + " is an alias", "write the value itself"));
          } else {
            entries.add(name, new Entry(parser.getText(), place));
          }
        }
      }
    }
  }

  private String place(JsonParser parser) {
    return path + ":" + parser.currentTokenLocation().getLineNr();
  }

  private static String firstLine(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("");
  }
}
