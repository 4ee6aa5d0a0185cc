package io.github.keywrap.settings;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
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
 * names in any case; unlike it, comments that begin with {@code #} and a comma after the last
 * field. Two of the fields are secrets: it has no {@code toString}.
 */
public final class JdCloudPluginFile {
  private static final int MAX_LENGTH = 1_048_576;

  private static final JsonFactory STRICT =
      new JsonFactoryBuilder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();
  private static final JsonFactory LENIENT =
      new JsonFactoryBuilder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
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
   * @throws JsonProcessingException if it is not one JSON object of plain values
   * @throws IOException if it cannot be read, is no file, or is over 1 MiB
   */
  public static JdCloudPluginFile read(Path path) throws IOException {
    byte[] content = SmallFile.read(path, MAX_LENGTH);
    try {
      return new JdCloudPluginFile(parse(content, STRICT), true);
    } catch (JsonProcessingException notStrict) {
      return new JdCloudPluginFile(parse(content, LENIENT), false);
    }
  }

  private static List<Field> parse(byte[] content, JsonFactory json) throws IOException {
    List<Field> fields = new ArrayList<>();
    try (JsonParser parser = json.createParser(content)) {
      require(parser.nextToken() == JsonToken.START_OBJECT, parser, "it is no JSON object");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        int line = parser.currentTokenLocation().getLineNr();
        require(parser.nextToken().isScalarValue(), parser, name + " is no plain value");
        fields.add(new Field(name, parser.getText(), line));
      }
      require(parser.nextToken() == null, parser, "something follows the JSON object");
    }
    return fields;
  }

  private static void require(boolean condition, JsonParser parser, String otherwise)
      throws IOException {
    if (!condition) {
      throw new JsonParseException(parser, otherwise);
    }
  }

  /** In the order of the file. */
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
