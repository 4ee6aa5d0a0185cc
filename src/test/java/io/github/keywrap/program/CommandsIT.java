package io.github.keywrap.program;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.github.keywrap.cli.etcd.EncryptedObject;
import io.github.keywrap.transport.KmsClient;
import io.github.keywrap.transport.KmsClient.V2Ciphertext;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every command of the packaged program, as it is typed. */
final class CommandsIT {
  private static final int NOBODY = 65_534;

  @TempDir private Path folder;
  private Program program;
  private String config;

  @BeforeEach
  void prepare() throws Exception {
    program = Program.in(folder);
    config = program.config().toString();
  }

  @AfterEach
  void endAll() throws Exception {
    program.close();
  }

  @Test
  void versionNamesProgramAndRuntime() throws Exception {
    assertThat(program.command("version").succeeded().out())
        .matches("keywrap \\d+\\.\\d+\\.\\d+.* \\(.*25.*\\)\n");
  }

  @Test
  void helpListsTheCommands() throws Exception {
    assertThat(program.command("help").succeeded().out())
        .contains("serve", "check", "keygen", "inspect", "config", "version", "completion")
        .contains("78");
    assertThat(program.command("help", "keygen").succeeded().out()).contains("--key=NAME");
    assertThat(program.command("serve", "--help").succeeded().out()).contains("--config=FILE");
  }

  @Test
  void completionIsAScriptThatBashAccepts() throws Exception {
    String script = program.command("completion").succeeded().out();
    Path file = Files.writeString(folder.resolve("completion"), script);
    assertThat(new ProcessBuilder("bash", "-n", file.toString()).start().waitFor()).isZero();
    assertThat(script).contains("keygen", "inspect");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                | error: name a command
          srve              | hint: Did you mean: keywrap serve
          check --confg=x   | hint: Possible solutions: --config
          config            | error: say check, show or migrate
          check             | error: Missing required argument
          keygen            | error: Missing required option: '--key=NAME'
          """)
  void aWrongCommandLineIsExplained(String arguments, String message) throws Exception {
    String[] split = arguments.isEmpty() ? new String[0] : arguments.split(" ");
    Program.Result result = program.command(split);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).startsWith("error: ").contains(message);
  }

  @Test
  void configCheckSaysOkOrEverythingThatIsWrong() throws Exception {
    assertThat(program.command("config", "check", "--config", config).succeeded().out())
        .isEqualTo("ok: " + config + ", 2 key(s), active: first\n");
    program.set("verify-wrap", "alwys").set("keys.first.generation", "x");
    Program.Result result =
        program.command("config", "check", "--config", program.config().toString());
    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.err())
        .contains("error: " + config + ": keywrap.verify-wrap is \"alwys\", which is none of its")
        .contains("hint: did you mean always? known: always, in-time, off, sampled")
        .contains("error: " + config + ": keywrap.keys.first.generation is not a whole number");
  }

  @Test
  void configCheckFindsAWrongPassphraseAnotherAlgorithmAndTheSameKeyTwice() throws Exception {
    Path other = Files.writeString(folder.resolve("other"), "wrong");
    Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
    program.set("keys.first.passphrase.file", "other").set("keys.second.algorithm", "aes-gcm");
    Program.Result result =
        program.command("config", "check", "--config", program.config().toString());
    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.err())
        .contains("error: key first: keystore ", "does not open: wrong passphrase")
        .contains("error: key second: keystore ", "holds a key for sm4-gcm")
        .contains("hint: set algorithm: sm4-gcm");

    program
        .set("keys.first.passphrase.file", "passphrase")
        .set("keys.second.keystore", "first.jwe");
    assertThat(program.command("config", "check", "--config", program.config().toString()).err())
        .contains("error: key second: is the same key as first");
  }

  @Test
  void configCheckFindsAPassphraseAsAWindowsEditorLeavesIt() throws Exception {
    Path other = Files.writeString(folder.resolve("other"), "a passphrase\r\n");
    Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
    program.set("keys.first.passphrase.file", "other");
    Program.Result result =
        program.command("config", "check", "--config", program.config().toString());
    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.err())
        .contains("file " + other + " ends with a carriage return")
        .contains("hint: sed -i 's/[[:space:]]*$//' " + other + "; or")
        .doesNotContain("a passphrase");
  }

  /** Whatever user runs this: a folder that is missing or that others may write to. */
  @Test
  void configCheckAndServeSayTheSameOfTheSocket() throws Exception {
    assertBothRefuse("missing/kms.sock", "missing of the socket does not exist");
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertBothRefuse("open/kms.sock", "others may write to folder " + open);
    Files.createFile(folder.resolve("file"));
    assertBothRefuse("file", "is a file, not a socket");
  }

  private void assertBothRefuse(String socket, String error) throws Exception {
    program.set("socket.path", socket);
    for (String[] command :
        new String[][] {{"config", "check", "--config", config}, {"serve", "--config", config}}) {
      Path _ = program.config();
      Program.Result refused = program.command(command);
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err()).contains(error, "hint: ").doesNotContain("defect");
    }
  }

  @Test
  void configCheckAsAnotherUserSaysThatTheSocketCannotBeGivenToTheGroup() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can become another user");
    program.set("socket.group", "daemon");
    for (String[] command :
        new String[][] {{"config", "check", "--config", config}, {"serve", "--config", config}}) {
      Path _ = program.config();
      Program.Result refused = asNobody(command);
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err())
          .contains("error: the socket cannot be given to group daemon", "hint: run as root")
          .doesNotContain("defect");
    }
  }

  @Test
  void checkOfASocketThatThisUserMayNotConnectToSaysSo() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can become another user");
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    program.set("socket.path", "closed/kms.sock").serve();
    Program.Result refused = asNobody("check", "--socket", closed.resolve("kms.sock").toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .contains("error: this user may not connect to ", "hint: run as root")
        .doesNotContain("nothing is at");
  }

  /** What is in the folder itself belongs to that user, as on a node where keywrap has one. */
  private Program.Result asNobody(String... command) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setAttribute(file, "unix:uid", NOBODY);
      }
    }
    Files.setAttribute(folder, "unix:uid", NOBODY);
    List<String> line =
        new ArrayList<>(
            List.of(
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                Program.EXECUTABLE.toString()));
    line.addAll(List.of(command));
    return program.result(program.start(Path.of("setpriv"), line.toArray(String[]::new)));
  }

  @Test
  void configShowTellsWhereEachValueComesFrom() throws Exception {
    assertThat(program.command("config", "show", "--config", config).succeeded().out())
        .containsPattern("keywrap.socket.path: \"kms.sock\" +# " + config)
        .containsPattern("keywrap.socket.mode: \"0600\" +# default")
        .doesNotContain("a passphrase");
  }

  @Test
  void whatConfigShowPrintsIsAConfiguration() throws Exception {
    String shown = program.command("config", "show", "--config", config).succeeded().out();
    Path again = Files.writeString(folder.resolve("again.yaml"), shown);
    assertThat(program.command("config", "check", "--config", again.toString()).succeeded().out())
        .contains("2 key(s), active: first");
  }

  @Test
  void keygenRefusesToReplaceAKey() throws Exception {
    byte[] before = Files.readAllBytes(folder.resolve("first.jwe"));
    Program.Result result = program.command("keygen", "--config", config, "--key", "first");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .contains("error: ", "first.jwe exists and is not overwritten", "hint: ");
    assertThat(Files.readAllBytes(folder.resolve("first.jwe"))).isEqualTo(before);
    assertThat(program.command("keygen", "--config", config, "--key", "thrid").err())
        .contains("error: no key \"thrid\"", "hint: known: first, second");
  }

  @Test
  void keygenSaysSoWhenTheDiskIsFull() throws Exception {
    program.set("keys.first.keystore", "/dev/full/first.jwe");
    Program.Result result =
        program.command("keygen", "--config", program.config().toString(), "--key", "first");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("error: /dev/full/first.jwe cannot be written", "hint: ");
  }

  @Test
  void checkWithConfigTriesEveryKey() throws Exception {
    assertThat(program.command("check", "--config", config).succeeded().out())
        .containsPattern("ok +first \\(active\\) .*key_id local:[0-9a-f]{32}\n")
        .containsPattern("ok +second .*key_id local:[0-9a-f]{32}\n");
  }

  @Test
  void tokenListSaysWhichKeysAreOnNoToken() throws Exception {
    assertThat(program.command("token", "list", "--config", config).succeeded().out())
        .isEqualTo("key \"first\": is on no token\nkey \"second\": is on no token\n");
  }

  @Test
  void checkOfWhatIsNoSocketSaysSo() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "no socket");
    for (Path path : List.of(folder, file)) {
      Program.Result refused = program.command("check", "--socket", path.toString());
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err()).contains("error: " + path + " is no socket", "hint: ");
    }
  }

  @Test
  void checkFailsWhereNobodyListens() throws Exception {
    Program.Result nothing = program.command("check", "--socket", "kms.sock");
    assertThat(nothing.exitCode()).isEqualTo(1);
    assertThat(nothing.err()).contains("error: nothing is at ", "hint: ");
    Process server = program.serve();
    program.kill(server);
    Program.Result dead = program.command("check", "--socket", program.socket().toString());
    assertThat(dead.exitCode()).isEqualTo(1);
    assertThat(dead.out().lines()).hasSize(4).allMatch(line -> line.startsWith("FAIL"));
    assertThat(dead.out() + dead.err()).doesNotContain("\tat ", "Exception in");
  }

  @Test
  void inspectTellsFormatAlgorithmAndKey() throws Exception {
    program.serve();
    ByteString dek = ByteString.copyFrom(new byte[32]);
    ByteString v1;
    V2Ciphertext v2;
    try (KmsClient client = program.client()) {
      v1 = client.encryptV1(dek);
      v2 = client.encryptV2(dek);
    }
    String expected =
        """
        format:       keywrap envelope, format 1
        algorithm:    aes-gcm
        key id:       %s
        IV:           12 bytes
        sealed:       48 bytes
        """
            .formatted(v2.keyId());

    assertThat(inspect(v1.toByteArray())).isEqualTo(expected);
    assertThat(
            inspect(
                (Base64.getEncoder().encodeToString(v1.toByteArray()) + "\n").getBytes(US_ASCII)))
        .isEqualTo(expected);
    assertThat(inspect(Base64.getMimeEncoder().encode(v1.toByteArray()))).isEqualTo(expected);

    ByteArrayOutputStream etcdV1 = new ByteArrayOutputStream();
    etcdV1.write("k8s:enc:kms:v1:my-kms:".getBytes(US_ASCII));
    etcdV1.write(0);
    etcdV1.write(v1.size());
    v1.writeTo(etcdV1);
    etcdV1.write("the object, encrypted by kube-apiserver\n".getBytes(US_ASCII));
    assertThat(inspect(etcdV1.toByteArray()))
        .isEqualTo("provider:     kms v1, \"my-kms\"\n" + expected);

    ByteArrayOutputStream etcdV2 = new ByteArrayOutputStream();
    etcdV2.write("k8s:enc:kms:v2:my-kms:".getBytes(US_ASCII));
    EncryptedObject.newBuilder()
        .setEncryptedData(dek)
        .setKeyId(v2.keyId())
        .setEncryptedDekSource(v2.ciphertext())
        .setEncryptedDekSourceType(1)
        .build()
        .writeTo(etcdV2);
    String expectedV2 =
        "provider:     kms v2, \"my-kms\"\nstored key id: " + v2.keyId() + "\n" + expected;
    assertThat(inspect(etcdV2.toByteArray())).isEqualTo(expectedV2);
    etcdV2.write('\n');
    assertThat(inspect(etcdV2.toByteArray())).isEqualTo(expectedV2);
    assertThat(inspect(Base64.getEncoder().encode(etcdV2.toByteArray()))).isEqualTo(expectedV2);
  }

  @Test
  void inspectSaysWhatItCannotRead() throws Exception {
    for (String input :
        List.of(
            "",
            "\u0001\u0002",
            "AAAA",
            "A",
            "k8s:enc:aescbc:v1:key1:xyz",
            "k8s:enc:kms:v1:p:",
            "k8s:enc:kms:v1:p:\u0001\u0000abc",
            "k8s:enc:kms:v2:p:\u00ff\u00ff")) {
      Program.Result result = program.command(input.getBytes(ISO_8859_1), "inspect");
      assertThat(result.exitCode()).as(input).isEqualTo(1);
      assertThat(result.err()).startsWith("error: ").contains("hint: ").doesNotContain("\tat ");
    }
  }

  private String inspect(byte[] input) throws Exception {
    return program.command(input, "inspect").succeeded().out();
  }
}
