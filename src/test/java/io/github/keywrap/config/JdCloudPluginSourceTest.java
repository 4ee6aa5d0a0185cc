package io.github.keywrap.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.ReadBackKeyWrapper.Policy;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.SecretSource;
import io.github.keywrap.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JdCloudPluginSourceTest {
  /** As the article prints it, comments and all. */
  private static final String ARTICLE =
      """
      {
          "AccessKey": "AKEXAMPLE",    # access key of the account
          "SecretKey": "SKEXAMPLE",    # secret key of the account
          "KmsEndpoint": "kms.internal.cn-north-1.jdcloud-api.com",  # KMS endpoint
          "KmsKeyId": "srh6mt4lj49tnzvs",  # id of the key
          "KmsSchema": "http",
          # where kube-apiserver connects
          "GRPCSocketPath": "/var/run/k8s-kms-plugin/kms-plugin.sock"
      }
      """;

  private static final String PLAIN = ARTICLE.replaceAll("#.*", "");

  @TempDir private Path folder;

  @Test
  void theArticlesFileWorksAsPrinted() throws IOException {
    SettingsLoader.Loaded loaded = load(ARTICLE);
    Settings settings = loaded.settings();
    JdCloudKeySettings key = (JdCloudKeySettings) settings.active();
    assertThat(settings.socket().path())
        .isEqualTo(Path.of("/var/run/k8s-kms-plugin/kms-plugin.sock"));
    assertThat(key.endpoint())
        .isEqualTo(URI.create("http://kms.internal.cn-north-1.jdcloud-api.com"));
    assertThat(key.keyId()).isEqualTo("srh6mt4lj49tnzvs");
    assertThat(key.signing().region()).isEqualTo("jdcloud-api");
    assertThat(read(key.credentials().accessKey())).isEqualTo("AKEXAMPLE");
    assertThat(read(key.credentials().secretKey())).isEqualTo("SKEXAMPLE");
    assertThat(settings.management().enabled()).isFalse();
    assertThat(settings.debug()).isFalse();
    assertThat(settings.verifyWrap()).isEqualTo(Policy.IN_TIME);
    assertThat(settings.bareKey()).contains("jdcloud");
    assertThat(warnings(loaded))
        .containsExactly(
            "contains comments or a trailing comma, which JSON does not allow",
            "holds secrets inline",
            "keywrap.keys.jdcloud.endpoint is http: whoever sees the network's traffic can read"
                + " the keys that encrypt Secrets");
  }

  @Test
  void aSecretIsNoValueOfASetting() throws IOException {
    SettingsLoader.Loaded loaded = load(PLAIN);
    assertThat(loaded.effective().toString()).doesNotContain("SKEXAMPLE").doesNotContain("AKEX");
    assertThat(loaded.settings().toString()).doesNotContain("SKEXAMPLE").doesNotContain("AKEX");
  }

  @Test
  void allThatIsMissingIsListedAtOnce() {
    assertThat(problems("{ \"AccessKey\": \"a\", \"KmsKeyId\": \"\" }"))
        .containsExactly(
            "SecretKey is missing",
            "KmsEndpoint is missing",
            "KmsKeyId is missing",
            "KmsSchema is missing",
            "GRPCSocketPath is missing");
  }

  @Test
  void whatIsNullIsMissing() {
    assertThat(problems("{ \"AccessKey\": \"a\", \"SecretKey\": null, \"KmsKeyId\": null }"))
        .contains("SecretKey is missing", "KmsKeyId is missing");
  }

  @Test
  void aBadValueIsNamedByItsFieldToo() {
    ConfigurationException refused =
        catchThrowableOfType(
            ConfigurationException.class,
            () -> load(PLAIN.replace("kms.internal.cn-north-1.jdcloud-api.com", "no host")));
    assertThat(refused.problems())
        .singleElement()
        .hasToString(
            "%s:4 (KmsEndpoint): keywrap.keys.jdcloud.endpoint is not an address such as https://HOST[:PORT][/PATH]"
                .formatted(folder.resolve("jdcloud-kms-plugin.json")));
  }

  @Test
  void theFileToFillInLacksOnlyWhatNobodyElseKnows() {
    Path file = Path.of("deploy/jdcloud/jdcloud-kms-plugin.json");
    ConfigurationException refused =
        catchThrowableOfType(
            ConfigurationException.class,
            () -> SettingsLoader.ofJdCloudPlugin(file, Map.of()).load());
    assertThat(refused.problems())
        .extracting(Problem::message)
        .containsExactly("AccessKey is missing", "SecretKey is missing", "KmsKeyId is missing");
  }

  @Test
  void namesMayHaveAnyCaseAndUnknownOnesAreWarnedAbout() throws IOException {
    SettingsLoader.Loaded loaded =
        load(
            PLAIN
                .replace("AccessKey", "accesskey")
                .replace("{", "{ \"DebugMode\": true, \"KmsEndpiont\": \"x\",")
                .replace("\"http\"", "\"https\""));
    assertThat(loaded.settings().debug()).isTrue();
    assertThat(loaded.warnings())
        .anySatisfy(
            warning -> {
              assertThat(warning.message()).startsWith("KmsEndpiont is not a field");
              assertThat(warning.hint()).isEqualTo("did you mean KmsEndpoint?");
            });
    assertThat(warnings(loaded)).noneMatch(text -> text.contains("is http"));
  }

  /** As the old plugin has it, and as encoding/json of Go does. */
  @Test
  void theLastOfTwoFieldsCountsAndTheOtherIsWarnedAbout() throws IOException {
    SettingsLoader.Loaded loaded =
        load(PLAIN.replace("{", "{ \"KmsKeyId\": \"another\", \"kmskeyid\": \"a third\","));
    assertThat(((JdCloudKeySettings) loaded.settings().active()).keyId())
        .isEqualTo("srh6mt4lj49tnzvs");
    assertThat(warnings(loaded))
        .contains("KmsKeyId is given again below", "kmskeyid is given again below");
  }

  @Test
  void aCommentThatIsNotUtf8IsNamedByItsLineAndByte() throws IOException {
    byte[] gbk = ARTICLE.replace("# id of the key", "# 密钥").getBytes(Charset.forName("GBK"));
    Path file = Files.write(folder.resolve("gbk.json"), gbk);
    ConfigurationException refused =
        catchThrowableOfType(
            ConfigurationException.class,
            () -> SettingsLoader.ofJdCloudPlugin(file, Map.of()).load());
    assertThat(refused.problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.place()).isEqualTo(file + ":5");
              assertThat(problem.message()).startsWith("is not UTF-8: byte 40 of this line, 0xc3");
              assertThat(problem.hint()).contains("saved as UTF-8");
            });
  }

  /** Go's programs pass over it without a word, and so do we, but for the word. */
  @Test
  void aPlaceOfCertificatesThatCannotBeUsedIsNamedWithTheReason() throws IOException {
    Path text = Files.writeString(folder.resolve("text.pem"), "nothing of use");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Map<Map<String, String>, String> reasons =
        Map.of(
            Map.of("SSL_CERT_FILE", "/nowhere/ca.pem"),
            "SSL_CERT_FILE in the environment, /nowhere/ca.pem, cannot be used: it or its folder does not exist",
            Map.of("SSL_CERT_FILE", text.toString()),
            "SSL_CERT_FILE in the environment, "
                + text
                + ", cannot be used: has no certificate in PEM",
            Map.of("SSL_CERT_FILE", empty.toString()),
            "SSL_CERT_FILE in the environment, " + empty + ", cannot be used: is no regular file",
            Map.of("SSL_CERT_DIR", "/nowhere"),
            "SSL_CERT_DIR in the environment, /nowhere, cannot be used: it or its folder does not exist");
    for (Map.Entry<Map<String, String>, String> reason : reasons.entrySet()) {
      SettingsLoader loader = SettingsLoader.ofJdCloudPlugin(write(PLAIN), reason.getKey());
      assertThat(warnings(loader.load())).anyMatch(warning -> warning.contains(reason.getValue()));
    }
  }

  @Test
  void aFileThatOthersCanReadWorksAndIsWarnedAbout() throws IOException {
    Path file = write(PLAIN);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(warnings(SettingsLoader.ofJdCloudPlugin(file, Map.of()).load()))
        .contains("can be read or written by others");
  }

  @Test
  void theEnvironmentOverridesIt() throws IOException {
    Settings settings =
        SettingsLoader.ofJdCloudPlugin(
                write(PLAIN),
                Map.of(
                    "KEYWRAP_MANAGEMENT_ENABLED", "true",
                    "KEYWRAP_KEYS_JDCLOUD_VERSION_TRACKING", "off"))
            .load()
            .settings();
    assertThat(settings.management().enabled()).isTrue();
    assertThat(((JdCloudKeySettings) settings.active()).versionInterval()).isEmpty();
  }

  @Test
  void whatIsNotItsJsonIsRefused() {
    for (String content :
        List.of("", "[]", "{", "{ \"AccessKey\": {} }", PLAIN + PLAIN, "AccessKey: a")) {
      assertThat(problems(content)).as(content).hasSize(1);
    }
    assertThat(problems(PLAIN.replace("\"KmsSchema\": \"http\"", "\"KmsSchema\": \"ftp\"")))
        .containsExactly(
            "keywrap.keys.jdcloud.endpoint is not an address such as https://HOST[:PORT][/PATH]");
    assertThatThrownBy(
            () -> SettingsLoader.ofJdCloudPlugin(folder.resolve("none"), Map.of()).load())
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void migratesToSettingsThatSayTheSame() throws IOException {
    Path file = write(PLAIN.replace("{", "{ \"DebugMode\": true,"));
    Path to = folder.resolve("new/keywrap");
    JdCloudPluginMigration.Result result = JdCloudPluginMigration.run(file, to, Map.of());
    Settings before = SettingsLoader.ofJdCloudPlugin(file, Map.of()).load().settings();
    Settings after = new SettingsLoader(result.settings(), Map.of()).load().settings();
    JdCloudKeySettings old = (JdCloudKeySettings) before.active();
    JdCloudKeySettings key = (JdCloudKeySettings) after.active();
    assertThat(after.socket()).isEqualTo(before.socket());
    assertThat(after.debug()).isTrue();
    assertThat(key.endpoint()).isEqualTo(old.endpoint());
    assertThat(key.keyId()).isEqualTo(old.keyId());
    assertThat(read(key.credentials().secretKey())).isEqualTo("SKEXAMPLE");
    assertThat(Files.readString(result.settings())).doesNotContain("EXAMPLE");
    for (Path written : result.written()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written)))
          .isEqualTo("rw-------");
    }
    assertThat(result.warnings()).hasSize(1);
    try (var files = Files.list(to)) {
      assertThat(files).containsExactlyInAnyOrderElementsOf(result.written());
    }
  }

  @Test
  void aSecretThatCannotHaveWorkedIsRefusedAndNotMigrated() throws IOException {
    String content = PLAIN.replace("AKEXAMPLE", "AKEXAMPLE ").replace("SKEXAMPLE", "SKEXAMPLE\\n");
    assertThat(problems(content))
        .containsExactly(
            "keywrap.keys.jdcloud.access-key.plugin-file cannot be used: AccessKey in file %s ends with a blank or a tab"
                .formatted(folder.resolve("jdcloud-kms-plugin.json")),
            "keywrap.keys.jdcloud.secret-key.plugin-file cannot be used: SecretKey in file %s ends with a newline too many"
                .formatted(folder.resolve("jdcloud-kms-plugin.json")));
    Path to = folder.resolve("new");
    Path file = write(content);
    assertThatThrownBy(() -> JdCloudPluginMigration.run(file, to, Map.of()))
        .isInstanceOf(ConfigurationException.class);
    assertThat(to).doesNotExist();
  }

  @Test
  void migrationReplacesNothing() throws IOException {
    Path file = write(PLAIN);
    Path inTheWay = Files.writeString(folder.resolve("keywrap.yaml"), "mine");
    assertThatThrownBy(() -> JdCloudPluginMigration.run(file, folder, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("is not overwritten");
    assertThat(Files.readString(inTheWay)).isEqualTo("mine");
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void migratesAnySocketPath() throws IOException {
    Path file = write(PLAIN.replace("kms-plugin.sock", "a \\\"b\\\" c\\\\d: #e.sock"));
    JdCloudPluginMigration.Result result =
        JdCloudPluginMigration.run(file, folder.resolve("new"), Map.of());
    assertThat(new SettingsLoader(result.settings(), Map.of()).load().settings().socket().path())
        .isEqualTo(Path.of("/var/run/k8s-kms-plugin/a \"b\" c\\d: #e.sock"));
  }

  @Test
  void aMigrationThatDoesNotLoadLeavesNoSecretBehind() throws IOException {
    Path file = write(PLAIN);
    Map<String, String> environment = Map.of("KEYWRAP_CALL_TIMEOUT", "soon");
    Path to = folder.resolve("new");
    assertThatThrownBy(() -> JdCloudPluginMigration.run(file, to, environment))
        .isInstanceOf(ConfigurationException.class);
    assertThat(to).isEmptyDirectory();
  }

  private static String read(SecretSource source) {
    try (SecretBytes secret = source.read()) {
      return new String(secret.expose(), UTF_8);
    }
  }

  private static List<String> warnings(SettingsLoader.Loaded loaded) {
    return loaded.warnings().stream().map(Problem::message).toList();
  }

  private List<String> problems(String content) {
    ConfigurationException refused =
        catchThrowableOfType(ConfigurationException.class, () -> load(content));
    return refused.problems().stream().map(Problem::message).toList();
  }

  private SettingsLoader.Loaded load(String content) throws IOException {
    return SettingsLoader.ofJdCloudPlugin(write(content), Map.of()).load();
  }

  private Path write(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("jdcloud-kms-plugin.json"), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }
}
