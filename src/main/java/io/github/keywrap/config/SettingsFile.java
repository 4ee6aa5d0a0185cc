package io.github.keywrap.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.settings.MalformedFileException;
import io.github.keywrap.settings.TextFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * Reads a settings file, flat and untyped: YAML (also nested), or properties if its name ends so.
 * What it says of the file is in words of its own: a parser's repeat what may be a secret.
 */
final class SettingsFile implements SettingsSource {
  private final Path path;

  SettingsFile(Path path) {
    this.path = path;
  }

  @Override
  public void readInto(Entries entries, List<Problem> problems, List<Problem> warnings) {
    try {
      if (!Files.isRegularFile(path) && Files.exists(path)) {
        problems.add(new Problem(path.toString(), "is not a regular file", ""));
        return;
      }
      String text = new String(TextFile.read(path), UTF_8);
      if (path.toString().endsWith(".properties")) {
        readProperties(text, entries);
      } else {
        new YamlSettings(path, entries, problems).read(text);
      }
    } catch (NoSuchFileException e) {
      problems.add(
          new Problem(path.toString(), "does not exist", "name the settings with --config FILE"));
    } catch (MalformedFileException e) {
      problems.add(
          new Problem(path + e.place(), e.getMessage(), "mend this place, and save it as UTF-8"));
    } catch (IOException e) {
      problems.add(
          new Problem(
              path.toString(),
              "cannot be read: " + SystemWords.of(e),
              "check that this user may read it"));
    }
  }

  private void readProperties(String text, Entries entries) throws IOException {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IllegalArgumentException malformed) {
      throw new MalformedFileException("has a \\u that four hex digits do not follow", 0, 0);
    }
    properties.stringPropertyNames().stream()
        .sorted()
        .forEach(
            name ->
                entries.add(
                    name, new Entry(properties.getProperty(name).strip(), path.toString())));
  }
}
