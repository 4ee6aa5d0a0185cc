package io.github.keywrap.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.config.ConfigurationException;
import io.github.keywrap.config.JdCloudPluginMigration;
import io.github.keywrap.config.Problem;
import io.github.keywrap.config.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Settings that are not well-formed: what is said of them names the place and never the secret. */
final class SecretsInOddPlacesTest {
  private static final String SECRET = "SKc8f1Q7";

  private static final String JSON =
      """
      {
          "AccessKey": "AKEXAMPLE",
          "SecretKey": "SKc8f1Q7",
          "KmsEndpoint": "kms.internal.cn-north-1.jdcloud-api.com",
          "KmsKeyId": "srh6mt4lj49tnzvs",
          "KmsSchema": "https",
          "GRPCSocketPath": "/run/kms.sock"
      }
      """;

  private static final String YAML =
      """
      keywrap:
        active: k
        keys:
          k:
            type: jdcloud
            endpoint: https://kms.example
            key-id: k1
            access-key: { file: ak }
            secret-key: { file: sk }
            session-token: { file: token }
      """;

  @TempDir private Path folder;

  static List<byte[]> brokenJson() {
    List<byte[]> contents = new ArrayList<>();
    for (String value :
        List.of(
            "SKc8f1Q7",
            "\"SKc8f1Q7",
            "SKc8f1Q7\"",
            "'SKc8f1Q7'",
            "\"SKc8f1Q7\" \"SKc8f1Q7\"",
            "\"SKc8f1Q7\\q\"",
            "\"SKc8f1Q7\n\"",
            "\"SKc8f1Q7\t\"",
            "\"SKc8f1Q7\0\"",
            "\"SKc8f1Q7 \"",
            "tSKc8f1Q7",
            "0SKc8f1Q7",
            "{ \"SKc8f1Q7\": 1 }",
            "[ \"SKc8f1Q7\" ]",
            "[ SKc8f1Q7",
            "\"\", \"SKc8f1Q7\": \"SKc8f1Q7\"",
            "\"\", \"SKc8f1Q7\": {}",
            "\"\", SKc8f1Q7: 1",
            "null, SKc8f1Q7",
            "#SKc8f1Q7",
            "/*SKc8f1Q7*/")) {
      contents.add(JSON.replace("\"SKc8f1Q7\"", value).getBytes(UTF_8));
    }
    contents.add(("\ufeff\ufeff" + JSON).getBytes(UTF_8));
    contents.add(JSON.replace("SKc8f1Q7", "SKc8f1Q7\u00e9").getBytes(ISO_8859_1));
    contents.add(JSON.replace("SKc8f1Q7\"", "SKc8f1Q7").getBytes(UTF_16));
    contents.add(JSON.replace("https", "SKc8f1Q7").getBytes(UTF_8));
    contents.add((JSON + "SKc8f1Q7").getBytes(UTF_8));
    contents.add("SKc8f1Q7".getBytes(UTF_8));
    contents.add("\"SKc8f1Q7\"".getBytes(UTF_8));
    return contents;
  }

  static List<byte[]> brokenYaml() {
    List<byte[]> contents = new ArrayList<>();
    for (String value :
        List.of(
            "SKc8f1Q7",
            "\"SKc8f1Q7",
            "'SKc8f1Q7",
            "{ SKc8f1Q7",
            "{ SKc8f1Q7 }",
            "{ SKc8f1Q7: SKc8f1Q7 }",
            "{ file SKc8f1Q7 }",
            "{ file: { SKc8f1Q7: x } }",
            "{ file: [ SKc8f1Q7 ] }",
            "{ file: sk ] SKc8f1Q7 }",
            "[ SKc8f1Q7 ]",
            "@SKc8f1Q7",
            "`SKc8f1Q7",
            "%SKc8f1Q7",
            "*SKc8f1Q7",
            "{ file: *SKc8f1Q7 }",
            "{ file: &SKc8f1Q7 x, file: *SKc8f1Q7 }",
            "!SKc8f1Q7 x",
            "! SKc8f1Q7: SKc8f1Q7",
            "\"SKc8f1Q7\\q\"",
            "SKc8f1Q7: SKc8f1Q7",
            "\tSKc8f1Q7",
            "SKc8f1Q7\n SKc8f1Q7",
            "|\n SKc8f1Q7",
            "\n\tSKc8f1Q7",
            "SKc8f1Q7\u0000",
            "SKc8f1Q7\u0007",
            "? SKc8f1Q7",
            "? { SKc8f1Q7: x }",
            "\n        ? SKc8f1Q7\n        ? SKc8f1Q7",
            "\n        SKc8f1Q7: 1\n        SKc8f1Q7: 2",
            "<<SKc8f1Q7")) {
      contents.add(YAML.replace("{ file: sk }", value).getBytes(UTF_8));
    }
    contents.add(YAML.replace("{ file: sk }", "SKc8f1Q7\u00e9").getBytes(ISO_8859_1));
    contents.add((YAML + "SKc8f1Q7").getBytes(UTF_8));
    contents.add((YAML + "---\nSKc8f1Q7: x\n").getBytes(UTF_8));
    contents.add(("SKc8f1Q7: SKc8f1Q7\n" + YAML).getBytes(UTF_8));
    contents.add(("%SKc8f1Q7\n" + YAML).getBytes(UTF_8));
    contents.add("SKc8f1Q7".getBytes(UTF_8));
    return contents;
  }

  static List<byte[]> brokenProperties() {
    List<byte[]> contents = new ArrayList<>();
    for (String text :
        List.of(
            "SKc8f1Q7",
            "keywrap.keys.k.secret-key=SKc8f1Q7",
            "keywrap.keys.k.secret-key.SKc8f1Q7=x",
            "keywrap.keys.k.SKc8f1Q7=1",
            "keywrap.keys.k.secret-key=SKc8f1Q7\\u00g0",
            "keywrap.SKc8f1Q7=1")) {
      contents.add(("keywrap.keys.k.type=jdcloud\n" + text).getBytes(UTF_8));
    }
    return contents;
  }

  @ParameterizedTest
  @MethodSource("brokenJson")
  void theOldPluginsJson(byte[] content) throws IOException {
    Path file = write("plugin.json", content);
    expectNoSecret(
        content,
        () -> SettingsLoader.ofJdCloudPlugin(file, Map.of()).load(),
        () -> JdCloudPluginMigration.run(file, folder.resolve("new"), Map.of()),
        () -> new SettingsLoader(rereading(file), Map.of()).load());
  }

  @ParameterizedTest
  @MethodSource("brokenYaml")
  void yaml(byte[] content) throws IOException {
    Path file = write("keywrap.yaml", content);
    expectNoSecret(content, () -> new SettingsLoader(file, Map.of()).load());
  }

  @ParameterizedTest
  @MethodSource("brokenProperties")
  void properties(byte[] content) throws IOException {
    Path file = write("keywrap.properties", content);
    expectNoSecret(content, () -> new SettingsLoader(file, Map.of()).load());
  }

  private void expectNoSecret(byte[] content, Runnable... ways) {
    try (WrittenLogs logs = new WrittenLogs()) {
      List<String> said = new ArrayList<>();
      for (Runnable way : ways) {
        said.addAll(saidBy(way));
      }
      assertThat(said).as("it is refused: %s", new String(content, UTF_8)).isNotEmpty();
      assertThat(said).noneMatch(line -> line.contains(SECRET));
      assertThat(logs.lines()).noneMatch(line -> line.contains(SECRET));
    }
  }

  private static List<String> saidBy(Runnable way) {
    try {
      way.run();
      return List.of();
    } catch (ConfigurationException refused) {
      List<String> said = new ArrayList<>();
      for (Problem problem : refused.problems()) {
        said.add(problem + " " + problem.hint());
      }
      said.add(String.valueOf(refused.getMessage()));
      return said;
    }
  }

  /** Settings of ours that take the secrets from the old plugin's file. */
  private static Path rereading(Path file) {
    try {
      return Files.writeString(
          file.resolveSibling("rereading.yaml"),
          YAML.replace("{ file: sk }", "{ plugin-file: plugin.json }"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path write(String name, byte[] content) throws IOException {
    for (String secret : List.of("ak", "sk", "token")) {
      Files.setPosixFilePermissions(
          Files.writeString(folder.resolve(secret), "x"),
          PosixFilePermissions.fromString("rw-------"));
    }
    Path file = Files.write(folder.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }
}
