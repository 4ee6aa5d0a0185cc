package io.github.keywrap.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywrap.app.BackEnds;
import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The vectors of the documentation open with the frozen keystores, neither of which keywrap made:
 * what version 0.1 promised, every later version keeps.
 */
final class CiphertextFormatDocTest {
  private static final HexFormat HEX = HexFormat.of();

  @TempDir private Path folder;

  static Stream<JsonNode> vectors() throws IOException {
    String doc = Files.readString(Path.of("docs/ciphertext-format.md"));
    int begin = doc.indexOf("```json") + 7;
    String json = doc.substring(begin, doc.indexOf("```", begin));
    return StreamSupport.stream(new ObjectMapper().readTree(json).spliterator(), false);
  }

  @Test
  void thereAreVectorsForEveryAlgorithmOfKeystores() throws IOException {
    assertThat(vectors().map(vector -> vector.get("algorithm").asText()).distinct())
        .containsExactlyInAnyOrder("aes-gcm", "sm4-gcm");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void aVectorOfTheDocumentationOpens(JsonNode vector) throws IOException {
    WrappedKey wrapped =
        new WrappedKey(
            KeyId.parse(vector.get("keyId").asText()).orElseThrow(),
            HEX.parseHex(vector.get("ciphertext").asText()));
    try (KeyWrapper wrapper = open(vector.get("algorithm").asText());
        SecretBytes plaintext = wrapper.unwrap(wrapped, Deadline.after(Duration.ofSeconds(10)))) {
      assertThat(HEX.formatHex(plaintext.expose())).isEqualTo(vector.get("plaintext").asText());
    }
  }

  private KeyWrapper open(String algorithm) throws IOException {
    Files.copy(
        Path.of("src/test/resources/keystore/" + algorithm + ".jwe"), folder.resolve("k.jwe"));
    Path passphrase =
        Files.writeString(folder.resolve("passphrase"), "correct horse battery staple");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
    Path config =
        Files.writeString(
            folder.resolve("keywrap.yaml"),
            """
            keywrap:
              active: k
              keys:
                k: { type: local, algorithm: %s, keystore: k.jwe, passphrase: { file: passphrase } }
            """
                .formatted(algorithm));
    return BackEnds.of(new SettingsLoader(config, Map.of()).load().settings().active()).open();
  }
}
