package io.github.keywrap.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.domain.ReadBackKeyWrapper.Policy;
import io.github.keywrap.settings.EnvironmentSecret;
import io.github.keywrap.settings.HostAndPort;
import io.github.keywrap.settings.JdCloudKeySettings;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LocalKeySettings;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.settings.SystemdCredential;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsLoaderTest {
  private static final String KEY =
      "{ type: local, keystore: k.jwe, passphrase: { file: passphrase } }";
  private static final String SMALLEST = "keywrap: { active: k, keys: { k: " + KEY + " } }";

  private static final String TOKEN_KEY =
      "keywrap: { active: k, keys: { k: { type: pkcs11, library: /lib/p11.so, token: kms,"
          + " key-label: kek, pin: { file: passphrase } } } }";

  private static final String IN_JDCLOUD =
      "{ type: jdcloud, key-id: abcd, endpoint: \"https://kms.cn-north-1.jdcloud-api.com\","
          + " access-key: { file: passphrase }, secret-key: { file: passphrase } }";
  private static final String JDCLOUD_KEY =
      "keywrap: { active: k, keys: { k: " + IN_JDCLOUD + " } }";

  @TempDir private Path folder;

  @BeforeEach
  void writePassphrase() throws IOException {
    passphraseWithMode("rw-------");
  }

  /** Every setting once, with its default. */
  @Test
  void everySettingHasItsDefault() throws IOException {
    assertThat(loadAll(SMALLEST))
        .extracting(EffectiveSetting::name, EffectiveSetting::value)
        .containsExactly(
            pair("keywrap.socket.path", "/var/run/k8s-kms-plugin/kms-plugin.sock"),
            pair("keywrap.socket.mode", "0600"),
            pair("keywrap.socket.group", ""),
            pair("keywrap.socket.takeover-wait", "15s"),
            pair("keywrap.active", "k"),
            pair("keywrap.verify-wrap", ""),
            pair("keywrap.v1.raw-ciphertext-key", ""),
            pair("keywrap.call-timeout", "10s"),
            pair("keywrap.shutdown-grace", "10s"),
            pair("keywrap.health-interval", "10s"),
            pair("keywrap.status.on-outage", "coast"),
            pair("keywrap.status.max-coast", "24h"),
            pair("keywrap.management.enabled", "true"),
            pair("keywrap.management.host", "127.0.0.1"),
            pair("keywrap.management.port", "8799"),
            pair("keywrap.state-directory", "/var/lib/keywrap"),
            pair("keywrap.log-level", "info"),
            pair("keywrap.keys.k.type", "local"),
            pair("keywrap.keys.k.algorithm", "aes-gcm"),
            pair("keywrap.keys.k.generation", "0"),
            pair("keywrap.keys.k.pool.threads", ""),
            pair("keywrap.keys.k.pool.queue", "4096"),
            pair("keywrap.keys.k.keystore", "k.jwe"),
            pair("keywrap.keys.k.passphrase.file", "passphrase"),
            pair("keywrap.keys.k.passphrase.credential", ""),
            pair("keywrap.keys.k.passphrase.environment", ""),
            pair("keywrap.keys.k.passphrase.as-is", "false"));
  }

  /** Every setting of a key on a token once, with its default. */
  @Test
  void everySettingOfATokenKeyHasItsDefault() throws IOException {
    assertThat(loadAll(TOKEN_KEY))
        .filteredOn(setting -> setting.name().startsWith("keywrap.keys.k."))
        .extracting(EffectiveSetting::name, EffectiveSetting::value)
        .containsExactly(
            pair("keywrap.keys.k.type", "pkcs11"),
            pair("keywrap.keys.k.algorithm", "aes-gcm"),
            pair("keywrap.keys.k.generation", "0"),
            pair("keywrap.keys.k.pool.threads", ""),
            pair("keywrap.keys.k.pool.queue", "4096"),
            pair("keywrap.keys.k.driver", "native"),
            pair("keywrap.keys.k.library", "/lib/p11.so"),
            pair("keywrap.keys.k.library-parameters", ""),
            pair("keywrap.keys.k.token", "kms"),
            pair("keywrap.keys.k.slot-list-index", ""),
            pair("keywrap.keys.k.session", "read-only"),
            pair("keywrap.keys.k.login", "pin"),
            pair("keywrap.keys.k.pin.file", "passphrase"),
            pair("keywrap.keys.k.pin.credential", ""),
            pair("keywrap.keys.k.pin.environment", ""),
            pair("keywrap.keys.k.pin.as-is", "false"),
            pair("keywrap.keys.k.user-type", "user"),
            pair("keywrap.keys.k.keygen.user-type", ""),
            pair("keywrap.keys.k.keygen.pin.file", ""),
            pair("keywrap.keys.k.keygen.pin.credential", ""),
            pair("keywrap.keys.k.keygen.pin.environment", ""),
            pair("keywrap.keys.k.keygen.pin.as-is", "false"),
            pair("keywrap.keys.k.key-label", "kek"),
            pair("keywrap.keys.k.key-id", ""),
            pair("keywrap.keys.k.identity", ""),
            pair("keywrap.keys.k.check-value", ""),
            pair("keywrap.keys.k.allow-weak-key", "false"),
            pair("keywrap.keys.k.gcm-iv", "client"),
            pair("keywrap.keys.k.gcm-iv-length", ""),
            pair("keywrap.keys.k.gcm-params", "48"),
            pair("keywrap.keys.k.vendor", ""),
            pair("keywrap.keys.k.mechanisms.sm4-key-gen", ""),
            pair("keywrap.keys.k.mechanisms.sm4-gcm", ""),
            pair("keywrap.keys.k.mechanisms.sm4-cbc", ""),
            pair("keywrap.keys.k.mechanisms.sm4-cbc-pad", ""),
            pair("keywrap.keys.k.mechanisms.sm3-hmac", ""),
            pair("keywrap.keys.k.key-types.sm4", ""),
            pair("keywrap.keys.k.key-types.hmac", "0x10"),
            pair("keywrap.keys.k.sealed-key.file", ""));
    assertThat(load(TOKEN_KEY).active().pool().threads()).isEqualTo(8);
  }

  /** Every setting of a key in JD Cloud KMS once, with its default. */
  @Test
  void everySettingOfAJdCloudKeyHasItsDefault() throws IOException {
    assertThat(loadAll(JDCLOUD_KEY))
        .filteredOn(setting -> setting.name().startsWith("keywrap.keys.k."))
        .extracting(EffectiveSetting::name, EffectiveSetting::value)
        .containsExactly(
            pair("keywrap.keys.k.type", "jdcloud"),
            pair("keywrap.keys.k.generation", "0"),
            pair("keywrap.keys.k.pool.threads", ""),
            pair("keywrap.keys.k.pool.queue", "4096"),
            pair("keywrap.keys.k.endpoint", "https://kms.cn-north-1.jdcloud-api.com"),
            pair("keywrap.keys.k.key-id", "abcd"),
            pair("keywrap.keys.k.access-key.file", "passphrase"),
            pair("keywrap.keys.k.access-key.credential", ""),
            pair("keywrap.keys.k.access-key.environment", ""),
            pair("keywrap.keys.k.access-key.plugin-file", ""),
            pair("keywrap.keys.k.access-key.as-is", "false"),
            pair("keywrap.keys.k.secret-key.file", "passphrase"),
            pair("keywrap.keys.k.secret-key.credential", ""),
            pair("keywrap.keys.k.secret-key.environment", ""),
            pair("keywrap.keys.k.secret-key.plugin-file", ""),
            pair("keywrap.keys.k.secret-key.as-is", "false"),
            pair("keywrap.keys.k.session-token.file", ""),
            pair("keywrap.keys.k.session-token.credential", ""),
            pair("keywrap.keys.k.session-token.environment", ""),
            pair("keywrap.keys.k.session-token.as-is", "false"),
            pair("keywrap.keys.k.assume-role.role", ""),
            pair("keywrap.keys.k.assume-role.session-name", "keywrap"),
            pair("keywrap.keys.k.assume-role.duration", "1h"),
            pair("keywrap.keys.k.assume-role.endpoint", "https://sts.jdcloud-api.com"),
            pair("keywrap.keys.k.ca-file", ""),
            pair("keywrap.keys.k.trust", "runtime"),
            pair("keywrap.keys.k.proxy", ""),
            pair("keywrap.keys.k.proxy-user", ""),
            pair("keywrap.keys.k.proxy-password.file", ""),
            pair("keywrap.keys.k.proxy-password.credential", ""),
            pair("keywrap.keys.k.proxy-password.environment", ""),
            pair("keywrap.keys.k.proxy-password.as-is", "false"),
            pair("keywrap.keys.k.request-timeout", "10s"),
            pair("keywrap.keys.k.version-tracking", "on"),
            pair("keywrap.keys.k.version-interval", "1m"),
            pair("keywrap.keys.k.signature", "jdcloud2"),
            pair("keywrap.keys.k.signature-region", "jdcloud-api"));
    Settings settings = load(JDCLOUD_KEY);
    assertThat(settings.active().pool().threads()).isEqualTo(128);
    assertThat(settings.verifyWrap()).isEqualTo(Policy.IN_TIME);
    assertThat(settings.bareKey()).contains("k");
  }

  @Test
  void aJdCloudKeySaysWhatIsMissingAndWhatIsWrong() throws IOException {
    assertThat(
            problems(
                "keywrap: { active: k, keys: { k: { type: jdcloud, algorithm: aes-gcm, key-id: a/b,"
                    + " endpoint: 'https://kms/v1?x', access-key: AKEXAMPLE, proxy: 'socks://p' } } }"))
        .extracting(Problem::toString)
        .containsExactlyInAnyOrder(
            at(1) + "keywrap.keys.k.access-key is not a setting",
            at(1) + "keywrap.keys.k.algorithm is not for type: jdcloud",
            at(1) + "keywrap.keys.k.endpoint is not an address such as https://HOST[:PORT][/PATH]",
            at(1) + "keywrap.keys.k.key-id is not letters, digits, dot, hyphen, underscore",
            at(1)
                + "keywrap.keys.k.proxy is not an address such as http://HOST:PORT, or environment; a"
                + " password is set as proxy-password",
            file() + ": keywrap.keys.k.access-key.file is missing",
            file() + ": keywrap.keys.k.secret-key.file is missing");
  }

  /** Whoever sets them expects that they are used, as in the programs of others. */
  @Test
  void whatTheEnvironmentSaysOfTheNetworkIsUsedOrWarnedAbout() throws IOException {
    Path ca = Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----");
    Map<String, String> environment =
        Map.of("https_proxy", "http://me:pa%20ss@10.0.0.1:3128", "SSL_CERT_FILE", ca.toString());
    Path file = Files.writeString(folder.resolve("keywrap.yaml"), JDCLOUD_KEY);
    SettingsLoader.Loaded ignoring = new SettingsLoader(file, environment).load();
    assertThat(ignoring.warnings())
        .extracting(Problem::message)
        .containsExactlyInAnyOrder(
            "keywrap.keys.k.proxy is not given: https_proxy in the environment is not used",
            "keywrap.keys.k.trust is runtime: SSL_CERT_FILE in the environment is not used");
    Map<String, String> using = new java.util.TreeMap<>(environment);
    using.put("KEYWRAP_KEYS_K_PROXY", "environment");
    using.put("KEYWRAP_KEYS_K_TRUST", "system");
    SettingsLoader.Loaded loaded = new SettingsLoader(file, using).load();
    assertThat(loaded.warnings()).isEmpty();
    JdCloudKeySettings key = (JdCloudKeySettings) loaded.settings().active();
    assertThat(key.proxy().server(key.endpoint()))
        .hasValueSatisfying(
            server -> {
              assertThat(server.place()).isEqualTo(new HostAndPort("10.0.0.1", 3128));
              assertThat(server.login()).isPresent();
            });
    assertThat(loaded.toString()).doesNotContain("pa ss").doesNotContain("pa%20ss");
    using.put("https_proxy", "socks5://me:pa%20ss@10.0.0.1");
    assertThat(new SettingsLoader(file, using).load().warnings())
        .singleElement()
        .satisfies(
            warning ->
                assertThat(warning.toString())
                    .contains("https_proxy there names a proxy that is neither http nor https")
                    .doesNotContain("pa%20ss"));
  }

  @Test
  void severalJdCloudKeysNeedToSayWhichOpensWhatNamesNoKey() throws IOException {
    String both =
        JDCLOUD_KEY.replace(IN_JDCLOUD, IN_JDCLOUD + ", l: " + IN_JDCLOUD.replace("abcd", "efgh"));
    assertThat(problems(both))
        .extracting(Problem::toString)
        .containsExactly(
            file()
                + ": keywrap.v1.raw-ciphertext-key is missing, and several keys are of type:"
                + " jdcloud");
    assertThat(
            load(both.replace("active: k", "active: k, v1: { raw-ciphertext-key: l }")).bareKey())
        .contains("l");
    assertThat(problems(both.replace("efgh", "abcd")))
        .extracting(Problem::message)
        .contains("keywrap.keys.l.key-id is another key's, too");
    assertThat(problems(SMALLEST.replace("active: k", "active: k, v1: { raw-ciphertext-key: k }")))
        .extracting(Problem::message)
        .containsExactly("keywrap.v1.raw-ciphertext-key names no key of type: jdcloud");
  }

  @Test
  void plainHttpIsAWarningAndTheSchemesOwnPortIsLeftOut() throws IOException {
    Files.writeString(
        file(), JDCLOUD_KEY.replace("https://kms.cn", "http://KMS.cn").replace(".com", ".com:80"));
    SettingsLoader.Loaded loaded = new SettingsLoader(file(), Map.of()).load();
    assertThat(loaded.warnings()).hasSize(1);
    assertThat(((JdCloudKeySettings) loaded.settings().active()).endpoint())
        .hasToString("http://kms.cn-north-1.jdcloud-api.com");
  }

  @Test
  void aTokenKeySaysWhatIsMissingAndWhatIsNotForIt() throws IOException {
    assertThat(
            problems(
                "keywrap: { active: k, keys: { k: { type: pkcs11, keystore: k.jwe, key-id: xyz,"
                    + " pin: { file: passphrase }, pool: { threads: 0 } } } }"))
        .extracting(Problem::toString)
        .containsExactlyInAnyOrder(
            at(1) + "keywrap.keys.k.keystore is not for type: pkcs11",
            at(1) + "keywrap.keys.k.key-id is not up to 64 bytes in hex",
            file() + ": keywrap.keys.k.key-label is missing, and key-id too",
            file() + ": keywrap.keys.k.library is missing",
            file() + ": keywrap.keys.k.token is missing",
            at(1) + "keywrap.keys.k.pool.threads is not a whole number from 1 to 1024");
  }

  @Test
  void aVariableMeansTheKeyThatThereIs() throws IOException {
    String yaml =
        TOKEN_KEY.replace("keys: { k:", "keys: { k-user:").replace("active: k", "active: k-user");
    Path file = Files.writeString(folder.resolve("user.yaml"), yaml);
    Settings settings =
        new SettingsLoader(file, Map.of("KEYWRAP_KEYS_K_USER_ALGORITHM", "aes-gcm"))
            .load()
            .settings();
    assertThat(settings.active().name()).isEqualTo("k-user");
  }

  @Test
  void theDefaultsBecomeTheirTypes() throws IOException {
    Settings settings = load(SMALLEST);
    assertThat(settings.socket().path())
        .isEqualTo(Path.of("/var/run/k8s-kms-plugin/kms-plugin.sock"));
    assertThat(PosixFilePermissions.toString(settings.socket().mode())).isEqualTo("rw-------");
    assertThat(settings.socket().takeoverWait()).isEqualTo(Duration.ofSeconds(15));
    assertThat(settings.verifyWrap()).isEqualTo(Policy.SAMPLED);
    assertThat(settings.callTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.status().coast()).isTrue();
    assertThat(settings.status().maxCoast()).isEqualTo(Duration.ofHours(24));
    assertThat(settings.status().staleAfter()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.management().port()).isEqualTo(8799);
    assertThat(((LocalKeySettings) settings.active()).algorithm()).isEqualTo(Algorithm.AES_GCM);
    assertThat(settings.active().pool().threads()).isZero();
  }

  @Test
  void readsEverySettingAsGiven() throws IOException {
    Settings settings =
        load(
            """
            keywrap:
              socket: { path: kms.sock, mode: 0660, group: root, takeover-wait: 500ms }
              active: hsm-2026
              verify-wrap: always
              call-timeout: 3s
              shutdown-grace: 1m30s
              health-interval: 5s
              status: { on-outage: fail, max-coast: 1h }
              management: { enabled: false, host: "::1", port: 9000 }
              keys:
                hsm-2026:
                  type: local
                  algorithm: sm4-gcm
                  generation: 3
                  keystore: /abs/k.jwe
                  passphrase: { credential: kek }
                  pool: { threads: 4, queue: 8 }
            """,
            Map.of("CREDENTIALS_DIRECTORY", folder.toString()));
    assertThat(settings.socket().path()).isEqualTo(folder.resolve("kms.sock"));
    assertThat(PosixFilePermissions.toString(settings.socket().mode())).isEqualTo("rw-rw----");
    assertThat(settings.socket().group()).isEqualTo("root");
    assertThat(settings.socket().takeoverWait()).isEqualTo(Duration.ofMillis(500));
    assertThat(settings.verifyWrap()).isEqualTo(Policy.ALWAYS);
    assertThat(settings.callTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.shutdownGrace()).isEqualTo(Duration.ofSeconds(90));
    assertThat(settings.healthInterval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.status().coast()).isFalse();
    assertThat(settings.management().enabled()).isFalse();
    assertThat(settings.management().host()).isEqualTo("::1");
    LocalKeySettings key = (LocalKeySettings) settings.active();
    assertThat(key.keystore()).isEqualTo(Path.of("/abs/k.jwe"));
    assertThat(key.algorithm()).isEqualTo(Algorithm.SM4_GCM);
    assertThat(key.generation()).isEqualTo(3);
    assertThat(key.passphrase()).isEqualTo(new SystemdCredential("kek", folder.toString()));
    assertThat(key.pool().threads()).isEqualTo(4);
    assertThat(key.pool().queue()).isEqualTo(8);
  }

  @Test
  void readsPropertiesToo() throws IOException {
    Path file = folder.resolve("keywrap.properties");
    Files.writeString(
        file,
        """
        keywrap.active=k
        keywrap.keys.k.type=local
        keywrap.keys.k.keystore=k.jwe
        keywrap.keys.k.passphrase.file=passphrase
        """);
    assertThat(new SettingsLoader(file, Map.of()).load().settings().active().name()).isEqualTo("k");
  }

  @Test
  void reportsEveryProblemAtOnceWithItsPlaceAndAHint() throws IOException {
    List<Problem> problems =
        problems(
            """
            keywrap:
              socket: { path: kms.sock, mode: "0666" }
              activ: k
              verify-wrap: sometimes
              call-timeout: 3 seconds
              management: { port: 70000 }
              keys:
                k:
                  type: locale
                  keystroe: k.jwe
                  passphrase: { file: missing }
                  generation: -1
            """);
    assertThat(problems)
        .extracting(Problem::toString, Problem::hint)
        .containsExactlyInAnyOrder(
            pair(at(3) + "keywrap.activ is not a setting", "did you mean keywrap.active?"),
            pair(
                at(10) + "keywrap.keys.k.keystroe is not a setting",
                "did you mean keywrap.keys.k.keystore?"),
            pair(
                at(9) + "keywrap.keys.k.type is \"locale\", which is none of its values",
                "did you mean local? known: jdcloud, local, pkcs11"),
            pair(
                at(2) + "keywrap.socket.mode is not 0600 or 0660: whoever may connect may decrypt",
                ""),
            pair(
                at(4) + "keywrap.verify-wrap is \"sometimes\", which is none of its values",
                "known: always, in-time, off, sampled"),
            pair(
                at(5)
                    + "keywrap.call-timeout is not a duration from 0.1s to 1m, such as 500ms, 3s,"
                    + " 1m30s or 24h",
                ""),
            pair(at(6) + "keywrap.management.port is not a whole number from 1 to 65535", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw--w----", "rw-----w-", "rw------x"})
  void refusesASecretFileThatOthersCanReadOrWrite(String mode) throws IOException {
    passphraseWithMode(mode);
    assertThat(problems(SMALLEST))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.message()).contains("can be read or written by others");
              assertThat(problem.hint()).isEqualTo("chmod 0600 " + folder.resolve("passphrase"));
            });
  }

  @Test
  void theGroupOfASecretFileMayReadIt() throws IOException {
    passphraseWithMode("rw-r-----");
    assertThat(load(SMALLEST).active().name()).isEqualTo("k");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          keywrap: { active: k, active: k }                      | is given twice
          keywrap: { socket: { mode: "0600" }, socket: {} }      | is given twice
          keywrap: { active: k                                   | is no YAML
          { keywrap: { active: &a k, verify-wrap: *a } }         | is an alias
          keywrap: [ a ]                                         | is a list
          keywrap: { active: ~ }                                 | has no value
          keywrap                                                | holds no settings
          kewrap: { active: k }                                  | is not a setting
          keywrap: { active: k, keys: { k: { passphrase: abc } } } | passphrase is not a setting
          keywrap: { active: k, keys: { K_1: { type: local } } } | not a DNS label
          keywrap: { active: other, keys: { k: { type: local } } } | names no key
          keywrap: { socket: { path: "@kms" } }                  | is an abstract socket
          keywrap: { socket: { group: no-such-group } }          | is not a group of this host
          """)
  void refuses(String yaml, String message) throws IOException {
    assertThat(problems(yaml)).extracting(Problem::message).anyMatch(m -> m.contains(message));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gbk.yaml", "gbk.properties"})
  void aCommentThatIsNotUtf8IsNamedByItsLineAndByte(String name) throws IOException {
    byte[] gbk = "# one line\n# 密钥\n".getBytes(Charset.forName("GBK"));
    Path file = Files.write(folder.resolve(name), gbk);
    ConfigurationException refused =
        catchThrowableOfType(
            ConfigurationException.class, () -> new SettingsLoader(file, Map.of()).load());
    assertThat(refused.problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.place()).isEqualTo(file + ":2");
              assertThat(problem.message()).startsWith("is not UTF-8: byte 3 of this line, 0xc3");
              assertThat(problem.hint()).contains("save it as UTF-8");
            });
  }

  @Test
  void aFileThatCannotBeReadIsToldWithTheReason() throws IOException {
    Path loop = Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
    for (SettingsLoader loader :
        List.of(
            new SettingsLoader(loop, Map.of()), SettingsLoader.ofJdCloudPlugin(loop, Map.of()))) {
      assertThat(catchThrowableOfType(ConfigurationException.class, loader::load).problems())
          .singleElement()
          .satisfies(
              problem ->
                  assertThat(problem.message())
                      .startsWith("cannot be read: Too many levels of symbolic links"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE"})
  void aFileInUtf16IsNamedAsThat(String charset) throws IOException {
    for (String mark : List.of("\ufeff", "")) {
      for (String name : List.of("utf-16.yaml", "utf-16.properties", "utf-16.json")) {
        byte[] content = (mark + "{}\r\n").getBytes(Charset.forName(charset));
        Path file = Files.write(folder.resolve(name), content);
        SettingsLoader loader =
            name.endsWith("json")
                ? SettingsLoader.ofJdCloudPlugin(file, Map.of())
                : new SettingsLoader(file, Map.of());
        assertThat(catchThrowableOfType(ConfigurationException.class, loader::load).problems())
            .as("%s, %s", name, mark.length())
            .singleElement()
            .satisfies(
                problem -> {
                  assertThat(problem.message()).contains("UTF-16");
                  assertThat(problem.hint()).contains("as UTF-8");
                });
      }
    }
  }

  @Test
  void anUnknownSettingIsAnsweredWithTheNearestFewOfItsKind() throws IOException {
    List<Problem> problems =
        problems(
            """
            keywrap:
              active: k
              entirely-made-up: 1
              keys:
                k: { type: jdcloud, timeout: 1s, endpont-of-the-service: x, id: x }
            """);
    assertThat(hint(problems, "timeout"))
        .startsWith("nearest: ")
        .contains("keywrap.keys.k.request-timeout");
    assertThat(hint(problems, "id").split("key-id", -1)).hasSize(2);
    for (String name : List.of("timeout", "endpont-of-the-service", "entirely-made-up")) {
      assertThat(hint(problems, name)).hasSizeLessThan(200).doesNotContain("library");
    }
  }

  private static String hint(List<Problem> problems, String name) {
    return problems.stream()
        .filter(problem -> problem.message().contains("." + name + " is not a setting"))
        .map(Problem::hint)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void refusesASecondDocument() throws IOException {
    assertThat(problems(SMALLEST + "\n---\n" + SMALLEST))
        .extracting(Problem::message)
        .containsExactly("a second document begins");
  }

  @Test
  void neverRepeatsAValueThatMayBeASecret() throws IOException {
    String yaml = "keywrap: { active: k, keys: { k: { passphrase: hunter2, pin: hunter2 } } }";
    assertThat(problems(yaml).toString()).doesNotContain("hunter2");
  }

  @Test
  void saysWhatIsWrongWithTheFileItself() {
    assertThatThrownBy(() -> new SettingsLoader(folder.resolve("none.yaml"), Map.of()).load())
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> assertThat(e.problems().getFirst().message()).isEqualTo("does not exist"));
    assertThatThrownBy(() -> new SettingsLoader(folder, Map.of()).load())
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void onlyOnePlaceMayHoldAPassphrase() throws IOException {
    String two = KEY.replace("{ file: passphrase }", "{ file: passphrase, credential: c }");
    assertThat(problems("keywrap: { active: k, keys: { k: " + two + " } }"))
        .extracting(Problem::message)
        .containsExactly(
            "keywrap.keys.k.passphrase.credential is one of several places for the same passphrase");
  }

  @Test
  void theEnvironmentOverridesTheFile() throws IOException {
    Settings settings =
        load(
            SMALLEST.replace(" k:", " hsm-2026:").replace("active: k", "active: hsm-2026"),
            Map.of(
                "KEYWRAP_CALL_TIMEOUT", "2s",
                "KEYWRAP_SOCKET_TAKEOVER_WAIT", "1s",
                "KEYWRAP_KEYS_HSM_2026_ALGORITHM", "sm4-gcm",
                "KEYWRAP_KEYS_HSM_2026_POOL_THREADS", "2"));
    assertThat(settings.callTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.socket().takeoverWait()).isEqualTo(Duration.ofSeconds(1));
    assertThat(((LocalKeySettings) settings.active()).algorithm()).isEqualTo(Algorithm.SM4_GCM);
    assertThat(settings.active().pool().threads()).isEqualTo(2);
  }

  @Test
  void aWholeKeyCanComeFromTheEnvironment() throws IOException {
    Settings settings =
        load(
            SMALLEST,
            Map.of(
                "KEYWRAP_ACTIVE", "hsm-2026",
                "KEYWRAP_KEYS_HSM_2026_TYPE", "local",
                "KEYWRAP_KEYS_HSM_2026_KEYSTORE", "/x.jwe",
                "KEYWRAP_KEYS_HSM_2026_PASSPHRASE_ENVIRONMENT", "KEYWRAP_MY_PASSPHRASE",
                "KEYWRAP_MY_PASSPHRASE", "secret"));
    assertThat(settings.keys()).extracting(KeySettings::name).containsExactly("hsm-2026", "k");
    assertThat(((LocalKeySettings) settings.active()).passphrase())
        .isInstanceOf(EnvironmentSecret.class);
  }

  @Test
  void anUnknownVariableIsAWarning() throws IOException {
    Files.writeString(file(), SMALLEST);
    Map<String, String> environment =
        Map.of("KEYWRAP_SOCKET_PTH", "/x", "KEYWRAP_JAVA_OPTS", "-Xmx32m");
    assertThat(new SettingsLoader(file(), environment).load().warnings())
        .containsExactly(
            new Problem(
                "environment variable KEYWRAP_SOCKET_PTH",
                "is not a setting, and is ignored",
                "did you mean KEYWRAP_SOCKET_PATH?"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"KEYWRAP", "KEYWRAP_METRICS", "KEYWRAP_MANAGEMENT", "KEYWRAP_KEYS_K"})
  void whatKubernetesAddsForAServiceIsNoSetting(String service) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put(service + "_SERVICE_HOST", "10.0.0.1");
    environment.put(service + "_SERVICE_PORT", "8799");
    environment.put(service + "_SERVICE_PORT_HTTP_METRICS", "8799");
    environment.put(service + "_PORT", "tcp://10.0.0.1:8799");
    environment.put(service + "_PORT_8799_TCP", "tcp://10.0.0.1:8799");
    environment.put(service + "_PORT_8799_TCP_PROTO", "tcp");
    environment.put(service + "_PORT_8799_TCP_PORT", "8799");
    environment.put(service + "_PORT_8799_TCP_ADDR", "10.0.0.1");
    Files.writeString(file(), SMALLEST);
    SettingsLoader.Loaded loaded = new SettingsLoader(file(), environment).load();
    assertThat(loaded.warnings()).isEmpty();
    assertThat(loaded.settings()).isEqualTo(load(SMALLEST));
  }

  /** A map of all variables at once would hide that one of them makes up for another. */
  @Test
  void anEmptyVariableIsNone() throws IOException {
    Settings expected = load(SMALLEST);
    for (Setting setting : Catalogue.ALL) {
      String variable = Setting.environmentName(setting.nameFor("k"));
      assertThat(load(SMALLEST, Map.of(variable, ""))).as(variable).isEqualTo(expected);
    }
  }

  @Test
  void anEmptyValueInTheFileIsNone() throws IOException {
    Settings expected = load(SMALLEST);
    for (Setting setting : ServerSetting.ALL) {
      if (!setting.required()) {
        assertThat(load("%s\n%s: \"\"\n".formatted(SMALLEST, setting.name())))
            .as(setting.name())
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void whatIsShownIsWhatIsInForceBesideAnEmptyVariable() throws IOException {
    Files.writeString(file(), SMALLEST);
    assertThat(
            new SettingsLoader(file(), Map.of("KEYWRAP_STATUS_ON_OUTAGE", "")).load().effective())
        .contains(new EffectiveSetting("keywrap.status.on-outage", "coast", "default"));
  }

  @Test
  void everySettingHasAVariableOfItsOwn() {
    assertThat(Catalogue.ALL.stream().map(Setting::name).distinct().map(Setting::environmentName))
        .doesNotHaveDuplicates();
  }

  private void passphraseWithMode(String mode) throws IOException {
    for (String name : List.of("passphrase", "kek")) {
      Path file = folder.resolve(name);
      Files.deleteIfExists(file);
      Files.writeString(file, "secret\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
  }

  private Path file() {
    return folder.resolve("keywrap.yaml");
  }

  private String at(int line) {
    return file() + ":" + line + ": ";
  }

  private Settings load(String yaml) throws IOException {
    return load(yaml, Map.of());
  }

  private Settings load(String yaml, Map<String, String> environment) throws IOException {
    Files.writeString(file(), yaml);
    return new SettingsLoader(file(), environment).load().settings();
  }

  private List<EffectiveSetting> loadAll(String yaml) throws IOException {
    Files.writeString(file(), yaml);
    return new SettingsLoader(file(), Map.of()).load().effective();
  }

  private List<Problem> problems(String yaml) throws IOException {
    return catchProblems(yaml, Map.of());
  }

  private List<Problem> catchProblems(String yaml, Map<String, String> environment)
      throws IOException {
    Files.writeString(file(), yaml);
    return catchThrowableOfType(
            ConfigurationException.class, () -> new SettingsLoader(file(), environment).load())
        .problems();
  }

  private static Tuple pair(String first, String second) {
    return Tuple.tuple(first, second);
  }
}
