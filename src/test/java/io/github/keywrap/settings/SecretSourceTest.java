package io.github.keywrap.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretSourceTest {
  @TempDir private Path folder;

  @Test
  void stripsOneTrailingNewlineAndNothingElse() throws IOException {
    assertThat(read(file("secret\n"))).isEqualTo("secret");
    assertThat(read(file("secret"))).isEqualTo("secret");
    assertThat(read(file(" se\ncret \n\n"))).isEqualTo(" se\ncret \n");
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

  private SecretFile file(String content) throws IOException {
    Path path = Files.writeString(folder.resolve("file"), content);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    return new SecretFile(path);
  }

  private static String read(SecretSource source) {
    try (SecretBytes secret = source.read()) {
      return new String(secret.expose(), UTF_8);
    }
  }

  private static void assertRefused(SecretSource source, String message) {
    assertThatThrownBy(source::read)
        .isInstanceOfSatisfying(
            OperatorException.class,
            e -> {
              assertThat(e).hasMessageContaining(message);
              assertThat(e.hint()).isNotBlank();
            });
  }
}
