package io.github.keywrap.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.settings.LoginSettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.SecretSource;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secret that looks as an editor leaves it: refused, unless the settings say that it is so. */
final class SecretAsIsTest {
  private static final String LEFT = "hunter2\r\n";
  private static final String LOCAL = "type: local, keystore: k.jwe, passphrase: ";
  private static final String TOKEN =
      "type: pkcs11, library: /lib/p11.so, token: kms, key-label: kek, pin: ";
  private static final String SUN_PKCS11 =
      "type: pkcs11, driver: sunpkcs11, library: /lib/p11.so, slot-list-index: 0, key-label: kek,"
          + " identity: kek-2026, pin: ";
  private static final String JDCLOUD =
      "type: jdcloud, key-id: abcd, endpoint: 'https://kms.cn-north-1.jdcloud-api.com', ";
  private static final String AS_IS = "{ file: left, as-is: true }";

  @TempDir private Path folder;

  @BeforeEach
  void writeSecret() throws IOException {
    Path file = Files.writeString(folder.resolve("left"), LEFT);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void eachSecretIsRefusedAsAnEditorLeavesIt() throws IOException {
    String reason =
        " cannot be used: file %s ends with a carriage return, as Windows editors leave it"
            .formatted(folder.resolve("left"));
    assertThat(messages(LOCAL + "{ file: left }"))
        .containsExactly("keywrap.keys.k.passphrase.file" + reason);
    assertThat(messages(TOKEN + "{ file: left }"))
        .containsExactly("keywrap.keys.k.pin.file" + reason);
    assertThat(
            messages(
                JDCLOUD
                    + "access-key: { file: left }, secret-key: { file: left },"
                    + " session-token: { file: left, as-is: false }"))
        .containsExactly(
            "keywrap.keys.k.access-key.file" + reason,
            "keywrap.keys.k.secret-key.file" + reason,
            "keywrap.keys.k.session-token.file" + reason);
  }

  @Test
  void aHintSaysHowToMendItAndHowToInsist() throws IOException {
    assertThat(problems(TOKEN + "{ file: left }", Map.of()))
        .extracting(Problem::hint)
        .containsExactly(
            "sed -i 's/[[:space:]]*$//' %s; or, if that is part of the secret, set as-is: true beside file:, and then a newline at the end is part of it, too"
                .formatted(folder.resolve("left")));
  }

  @Test
  void eachSecretCanBeTakenAsItIs() throws IOException {
    assertThat(read(((LocalKeySettings) key(LOCAL + AS_IS)).passphrase())).isEqualTo(LEFT);
    assertThat(read(pin(key(TOKEN + AS_IS)))).isEqualTo(LEFT);
    assertThat(read(((SunPkcs11KeySettings) key(SUN_PKCS11 + AS_IS)).pin())).isEqualTo(LEFT);
    JdCloudKeySettings inKms =
        (JdCloudKeySettings)
            key(
                JDCLOUD
                    + "access-key: %s, secret-key: %s, session-token: %s"
                        .formatted(AS_IS, AS_IS, AS_IS));
    assertThat(read(inKms.credentials().accessKey())).isEqualTo(LEFT);
    assertThat(read(inKms.credentials().secretKey())).isEqualTo(LEFT);
    assertThat(inKms.credentials().sessionToken()).map(SecretAsIsTest::read).contains(LEFT);
  }

  @Test
  void aCredentialCanBeTakenAsItIs() throws IOException {
    Map<String, String> environment = Map.of("CREDENTIALS_DIRECTORY", folder.toString());
    String key = TOKEN + "{ credential: left, as-is: true }";
    assertThat(read(pin(key(key, environment)))).isEqualTo(LEFT);
  }

  @Test
  void asIsIsForAFileOrACredentialOnly() throws IOException {
    Map<String, String> environment = Map.of("PIN", "1234");
    assertThat(problems(TOKEN + "{ environment: PIN, as-is: true }", environment))
        .containsExactly(
            new Problem(
                folder.resolve("keywrap.yaml") + ":1",
                "keywrap.keys.k.pin.as-is is for a file or a credential only",
                "leave it out, or say pin: { file: PATH, as-is: true }"));
    assertThat(messages(TOKEN + "{ as-is: true }"))
        .containsExactly("keywrap.keys.k.pin.file is missing");
    assertThat(
            messages(
                JDCLOUD
                    + "access-key: %s, secret-key: %s, session-token: { as-is: true }"
                        .formatted(AS_IS, AS_IS)))
        .containsExactly("keywrap.keys.k.session-token.file is missing");
    assertThat(messages(TOKEN + "{ file: left, as-is: literally }"))
        .contains("keywrap.keys.k.pin.as-is is \"literally\", which is none of its values");
  }

  /** {@code config show} prints the default for each secret, and what it prints is loaded. */
  @Test
  void asIsMayBeFalseWhereverTheSecretIs() throws IOException {
    Map<String, String> environment = Map.of("SECRET", "1234");
    String inVariable = "{ environment: SECRET, as-is: false }";
    KeySettings key =
        key(
            JDCLOUD
                + "access-key: %s, secret-key: %s, session-token: { as-is: false }"
                    .formatted(inVariable, inVariable),
            environment);
    assertThat(((JdCloudKeySettings) key).credentials().sessionToken()).isEmpty();
  }

  @Test
  void aVariableCanSayAsIsToo() throws IOException {
    Map<String, String> environment = Map.of("KEYWRAP_KEYS_K_PIN_AS_IS", "true");
    KeySettings key = key(TOKEN + "{ file: left }", environment);
    assertThat(read(pin(key))).isEqualTo(LEFT);
  }

  private static SecretSource pin(KeySettings key) {
    return ((LoginSettings.WithPin) ((Pkcs11KeySettings) key).token().login()).pin();
  }

  private KeySettings key(String key) throws IOException {
    return key(key, Map.of());
  }

  private KeySettings key(String key, Map<String, String> environment) throws IOException {
    return loader(key, environment).load().settings().active();
  }

  private List<String> messages(String key) throws IOException {
    return problems(key, Map.of()).stream().map(Problem::message).toList();
  }

  private List<Problem> problems(String key, Map<String, String> environment) throws IOException {
    SettingsLoader loader = loader(key, environment);
    return catchThrowableOfType(ConfigurationException.class, loader::load).problems();
  }

  private SettingsLoader loader(String key, Map<String, String> environment) throws IOException {
    String yaml = "keywrap: { active: k, keys: { k: { " + key + " } } }";
    Path file = Files.writeString(folder.resolve("keywrap.yaml"), yaml);
    return new SettingsLoader(file, environment);
  }

  private static String read(SecretSource source) {
    try (SecretBytes secret = source.read()) {
      return new String(secret.expose(), UTF_8);
    }
  }
}
