package io.github.keywrap.settings;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The JSON configuration of jdcloud-sec/k8s-kms-plugin, flat and untyped. Like that plugin it takes
 * names in any case, and the last of several; unlike it, comments that begin with {@code #} and a
 * comma after the last field. Two of the fields are secrets: it has no {@code toString}.
 */
public final class JdCloudPluginFile {
  private static final JsonFactory STRICT =
      new JsonFactoryBuilder().disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION).build();
  private static final JsonFactory LENIENT =
      new JsonFactoryBuilder()
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();

  private final List<Field> fields;
  private final boolean isJson;

  /**
   * A field as it was written.
   *
   * @param line in the file, from 1
   */
  public record Field(String name, String value, int line) {
    @Override
    public String toString() {
      return name;
    }
  }

  private JdCloudPluginFile(List<Field> fields, boolean isJson) {
    this.fields = List.copyOf(fields);
    this.isJson = isJson;
  }

  /**
   * Reads the file.
   *
   * @throws MalformedFileException if it is not one JSON object of plain values, in UTF-8, or is no
   *     file, or is over 1 MiB
   * @throws IOException if it cannot be read
   */
  public static JdCloudPluginFile read(Path path) throws IOException {
    byte[] content = TextFile.read(path);
    try {
      return new JdCloudPluginFile(parse(content, STRICT), true);
    } catch (JsonProcessingException | MalformedFileException notStrict) {
      return lenient(content);
    }
  }

  private static JdCloudPluginFile lenient(byte[] content) throws IOException {
    try {
      return new JdCloudPluginFile(parse(content, LENIENT), false);
    } catch (JsonProcessingException e) {
      throw MalformedFileException.at(
          e, "is no JSON: a quote, a comma, a colon or a brace is missing or too many here");
    }
  }

  private static List<Field> parse(byte[] content, JsonFactory json) throws IOException {
    List<Field> fields = new ArrayList<>();
    try (JsonParser parser = json.createParser(content)) {
      require(parser.nextToken() == JsonToken.START_OBJECT, parser, "is no JSON object");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        int line = parser.currentTokenLocation().getLineNr();
        require(
            parser.nextToken().isScalarValue(),
            parser,
            "has something here that is no plain value");
        if (parser.currentToken() != JsonToken.VALUE_NULL) {
          fields.add(new Field(name, parser.getText(), line));
        }
      }
      require(parser.nextToken() == null, parser, "goes on after its JSON object");
    }
    return fields;
  }

  private static void require(boolean condition, JsonParser parser, String otherwise)
      throws MalformedFileException {
    if (!condition) {
      JsonLocation place = parser.currentTokenLocation();
      throw new MalformedFileException(otherwise, place.getLineNr(), place.getColumnNr());
    }
  }

  /** In the order of the file; one that is null is none, as to Go's programs. */
  public List<Field> fields() {
    return fields;
  }

  /** The last field of that name, in whatever case. */
  public Optional<Field> field(String name) {
    return fields.stream().filter(field -> field.name().equalsIgnoreCase(name)).reduce((_, b) -> b);
  }

  /** Whether the old plugin could have read it, too. */
  public boolean isJson() {
    return isJson;
  }
}
