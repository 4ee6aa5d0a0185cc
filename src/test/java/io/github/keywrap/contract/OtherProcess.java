package io.github.keywrap.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywrap.app.BackEnds;
import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyId;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.settings.KeySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

/** Opens a ciphertext in a JVM of its own, which knows nothing but the settings file. */
final class OtherProcess {
  private OtherProcess() {}

  static byte[] unwrap(Path config, String key, WrappedKey wrapped)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                config.toString(),
                key,
                wrapped.keyId().toString(),
                Base64.getEncoder().encodeToString(wrapped.ciphertext()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
    assertThat(process.waitFor()).isZero();
    return Base64.getDecoder().decode(output.strip());
  }

  public static void main(String[] args) {
    KeySettings settings =
        new SettingsLoader(Path.of(args[0]), Map.of())
            .load().settings().keys().stream()
                .filter(key -> key.name().equals(args[1]))
                .findFirst()
                .orElseThrow();
    WrappedKey wrapped =
        new WrappedKey(KeyId.parse(args[2]).orElseThrow(), Base64.getDecoder().decode(args[3]));
    try (KeyWrapper wrapper = BackEnds.of(settings).open();
        SecretBytes plaintext = wrapper.unwrap(wrapped, Deadline.after(Duration.ofSeconds(10)))) {
      System.out.println(Base64.getEncoder().encodeToString(plaintext.expose()));
    }
  }
}
