package io.github.keywrap.settings;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.TextNode;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretSourceTest {
  @TempDir private Path folder;

  @Test
  void stripsOneTrailingNewlineAndNothingElse() throws IOException {
    for (String secret :
        List.of(
            "secret",
            "correct horse  battery\tstaple",
            "'tis \"it\"",
            "\"",
            "a'b\"",
            "\u5bc6\u7801 \ufeff.")) {
      assertThat(read(file(secret + "\n"))).isEqualTo(secret);
      assertThat(read(file(secret))).isEqualTo(secret);
      assertThat(read(variable(secret + "\n"))).isEqualTo(secret);
      assertThat(read(json(secret))).isEqualTo(secret);
    }
  }

  static Stream<Arguments> whatAnEditorLeaves() {
    return Stream.of(
        arguments("\ufeffhunter2\n", "begins with a byte order mark"),
        arguments("hunter2\r\n", "ends with a carriage return"),
        arguments("hunter2\r", "ends with a carriage return"),
        arguments("hunter2\r\n\r\n", "ends with a carriage return"),
        arguments("hunter2\n\n", "ends with a newline too many"),
        arguments("hunter2 \n", "ends with a blank or a tab"),
        arguments("hunter2\t", "ends with a blank or a tab"),
        arguments(" hunter2\n", "begins with a blank or a tab"),
        arguments("\thunter2\n", "begins with a blank or a tab"),
        arguments("hunter2\nsecond\n", "has several lines"),
        arguments("\nhunter2\n", "has several lines"),
        arguments("hunter2\rsecond\n", "has a carriage return in it"),
        arguments("\"hunter2\"\n", "is in double quotes"),
        arguments("'hunter2'\n", "is in single quotes"),
        arguments("\"\"\n", "is in double quotes"),
        arguments("hunt\0er2\n", "has a zero byte"),
        arguments("\ufeff\" hunter2\" \r\n\n", "begins with a byte order mark"));
  }

  @ParameterizedTest
  @MethodSource("whatAnEditorLeaves")
  void refusesWhatAnEditorLeavesWhereverItIs(String left, String message) throws IOException {
    assertRefused(file(left), "file " + folder.resolve("file") + " " + message);
    assertRefused(
        new SystemdCredential("file", folder.toString()), "systemd credential file " + message);
    assertRefused(variable(left), "environment variable A " + message);
  }

  @Test
  void refusesUtf16() throws IOException {
    assertRefused(file("\ufeffhunter2\r\n".getBytes(UTF_16LE)), "is in UTF-16");
    assertRefused(file("\ufeffhunter2\n".getBytes(UTF_16BE)), "is in UTF-16");
    assertRefused(file("hunter2\n".getBytes(UTF_16LE)), "has a zero byte");
  }

  /** JSON says itself where a text ends. */
  @Test
  void aNewlineInJsonIsNoneThatAnEditorAdds() throws IOException {
    assertRefused(json("hunter2\n"), "SecretKey in file ", "ends with a newline too many");
    assertRefused(json("hunter2\r"), "ends with a carriage return");
    assertRefused(json("\"hunter2\""), "is in double quotes");
    assertRefused(json(" hunter2"), "begins with a blank or a tab");
  }

  @ParameterizedTest
  @MethodSource("whatAnEditorLeaves")
  void asItIsEachByteOfAFileOrCredentialCounts(String left, String message) throws IOException {
    Path path = file(left).path();
    assertThat(read(new SecretFile(path, true))).as(message).isEqualTo(left);
    assertThat(read(new SystemdCredential("file", folder.toString(), true))).isEqualTo(left);
  }

  @Test
  void asItIsAFileStillHasSomethingInItAndNotTooMuch() throws IOException {
    assertThat(read(new SecretFile(file("\n").path(), true))).isEqualTo("\n");
    assertRefused(new SecretFile(file("").path(), true), "is empty");
    assertRefused(new SecretFile(file("x".repeat(4_096) + "\n").path(), true), "is over 4096");
  }

  /** A token that has refused it would have to count one more try. */
  @Test
  void takingTheSameFileAsItIsMakesItNoOtherSecretToTry() throws IOException {
    SecretFile file = file("hunter2\n");
    assertThat(new SecretFile(file.path(), true).identity()).isEqualTo(file.identity());
  }

  /** Run as it stands there, until nothing more is refused. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\ufeffhunter2\r\n",
        "hunter2\r\n\r\n",
        "hunter2\r",
        "hunter2\n\n\n",
        " \thunter2 \t",
        "\"hunter2\"\r\n",
        "\ufeff'hunter2' \r\n\n"
      })
  void theCommandOfTheHintMendsTheFile(String left) throws Exception {
    SecretFile file = file(left);
    for (Optional<String> hint = hint(file); hint.isPresent(); hint = hint(file)) {
      String command = hint.get().substring(0, hint.get().indexOf(';'));
      assertThat(command).startsWith("sed -i ");
      assertThat(new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor()).isZero();
    }
    assertThat(read(file)).isEqualTo("hunter2");
  }

  private static Optional<String> hint(SecretSource source) {
    try (SecretBytes _ = source.read()) {
      return Optional.empty();
    } catch (OperatorException e) {
      return Optional.of(e.hint());
    }
  }

  @Test
  void isReadAnewEveryTime() throws IOException {
    SecretSource source = file("old");
    assertThat(read(source)).isEqualTo("old");
    file("new");
    assertThat(read(source)).isEqualTo("new");
  }

  @Test
  void refusesWhatIsEmptyTooLongOrNoFile() throws IOException {
    assertRefused(file(""), "is empty");
    assertRefused(file("\n"), "is empty");
    assertRefused(file("x".repeat(4_097)), "is over 4096 bytes");
    assertRefused(new SecretFile(folder), "is not a regular file");
    assertRefused(new SecretFile(folder.resolve("missing")), "does not exist");
    assertRefused(new SecretFile(Path.of("/dev/zero")), "is not a regular file");
  }

  @Test
  void readsASystemdCredential() throws IOException {
    file("secret\n");
    assertThat(read(new SystemdCredential("file", folder.toString()))).isEqualTo("secret");
    assertRefused(new SystemdCredential("file", ""), "CREDENTIALS_DIRECTORY is not set");
    assertRefused(new SystemdCredential("other", folder.toString()), "does not exist");
  }

  @Test
  void readsTheEnvironmentAndIsNeverPrinted() {
    Map<String, String> environment = Map.of("A", "secret\n", "EMPTY", "");
    SecretSource source = new EnvironmentSecret("A", name -> environment.getOrDefault(name, ""));
    assertThat(read(source)).isEqualTo("secret");
    assertThat(source.toString()).isEqualTo("environment variable A");
    assertRefused(
        new EnvironmentSecret("EMPTY", name -> environment.getOrDefault(name, "")), "is not set");
    assertRefused(
        new EnvironmentSecret("NONE", name -> environment.getOrDefault(name, "")), "is not set");
  }

  private static SecretSource variable(String value) {
    return new EnvironmentSecret("A", _ -> value);
  }

  private SecretSource json(String text) throws IOException {
    Path path =
        Files.writeString(
            folder.resolve("plugin.json"),
            "{ \"SecretKey\": %s }".formatted(TextNode.valueOf(text)));
    return new JsonSecret(path, "SecretKey");
  }

  private SecretFile file(String content) throws IOException {
    return file(content.getBytes(UTF_8));
  }

  private SecretFile file(byte[] content) throws IOException {
    Path path = Files.write(folder.resolve("file"), content);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    return new SecretFile(path);
  }

  private static String read(SecretSource source) {
    try (SecretBytes secret = source.read()) {
      return new String(secret.expose(), UTF_8);
    }
  }

  private static void assertRefused(SecretSource source, String... message) {
    assertThatThrownBy(source::read)
        .isInstanceOfSatisfying(
            OperatorException.class,
            e -> {
              assertThat(e.getMessage()).contains(message).doesNotContain("hunt");
              assertThat(e.hint()).isNotBlank().doesNotContain("hunt");
            });
  }
}
