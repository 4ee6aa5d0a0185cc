package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.keywrap.domain.SystemWords;
import io.github.keywrap.files.StateDirectory;
import io.github.keywrap.jdcloud.VersionState.Tracked;
import io.github.keywrap.jdcloud.VersionState.Unknown;
import io.github.keywrap.jdcloud.VersionState.Untracked;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the newest version of a key in the state directory, so that the key id is known at the next
 * start whether or not the KMS answers. Nothing else depends on it: a file that is missing, cannot
 * be read or written, or is something else altogether costs only that.
 */
final class VersionStore {
  private static final Logger LOG = System.getLogger(VersionStore.class.getName());
  private static final JsonFactory JSON = new JsonFactory();

  /** Longest file in bytes: earlier builds listed every version in it. */
  private static final int MAX = 1_048_576;

  private static final String NEWEST = "newest";
  private static final String CREATED = "created";
  private static final String TRACKED = "tracked";

  private final StateDirectory directory;
  private final String name;

  /** Whether the last attempt to write failed, which was told. Of the thread that writes. */
  private boolean isUnwritten;

  /**
   * @param keyId of the key: letters, digits, dots, hyphens and underscores
   */
  VersionStore(Path directory, String keyId) {
    this.directory = new StateDirectory(directory);
    this.name = "jdcloud-versions-" + keyId + ".json";
  }

  VersionState read() {
    byte[] content;
    try {
      content = directory.read(name, MAX);
    } catch (NoSuchFileException none) {
      return unknown();
    } catch (IOException e) {
      warn("cannot be read (%s)".formatted(SystemWords.of(e)));
      return unknown();
    }
    try {
      return state(fields(content));
    } catch (IOException | DateTimeException | IllegalArgumentException damaged) {
      warn("is damaged and not used");
      return unknown();
    }
  }

  private static VersionState unknown() {
    return new Unknown(Optional.empty());
  }

  /** The plain values of a JSON object. */
  private static Map<String, String> fields(byte[] content) throws IOException {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = JSON.createParser(content)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("no object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        if (parser.nextToken().isScalarValue()) {
          fields.put(field, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
    }
    return fields;
  }

  private static VersionState state(Map<String, String> fields) {
    if ("false".equals(fields.get(TRACKED))) {
      return new Untracked();
    }
    String newest = fields.getOrDefault(NEWEST, "");
    if (!newest.matches("[0-9a-f]{16}")) {
      throw new IllegalArgumentException("no fingerprint");
    }
    Instant created = Instant.parse(fields.getOrDefault(CREATED, ""));
    return Tracked.of(new KeyVersion(newest, created, KeyStatus.ENABLED, newest));
  }

  void write(VersionState state) {
    switch (state) {
      case Unknown _ -> {}
      case Untracked _ -> write("{\"%s\":false}".formatted(TRACKED));
      case Tracked tracked ->
          write(
              "{\"%s\":\"%s\",\"%s\":\"%s\"}"
                  .formatted(
                      NEWEST, tracked.newest().fingerprint(), CREATED, tracked.newest().created()));
    }
  }

  private void write(String json) {
    try {
      directory.replace(name, json.getBytes(UTF_8));
      isUnwritten = false;
    } catch (IOException e) {
      if (!isUnwritten) {
        isUnwritten = true;
        warn(
            "cannot be written (%s): at the next start the key id is known only when the KMS answers"
                .formatted(SystemWords.withPath(e)));
      }
    }
  }

  private void warn(String what) {
    LOG.log(Level.WARNING, "{0} {1}", directory.file(name), what);
  }
}
