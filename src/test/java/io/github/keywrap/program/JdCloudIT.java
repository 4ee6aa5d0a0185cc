package io.github.keywrap.program;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.github.keywrap.fakekms.FakeKms;
import io.github.keywrap.fakekms.Fault;
import io.github.keywrap.fakekms.Operation;
import io.github.keywrap.transport.KmsClient;
import io.github.keywrap.transport.KmsClient.V2Ciphertext;
import io.github.keywrap.vendor.VendorKms;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the place of jdcloud-sec/k8s-kms-plugin: same JSON, same flag, same socket. */
final class JdCloudIT {
  private static final String ACCESS_KEY = "AKEXAMPLE0001";
  private static final String SECRET_KEY = "SKEXAMPLE0001";
  private static final String KEY_ID = "k8skmsplugintest";
  private static final byte[] DEK = "0123456789abcdef0123456789abcdef".getBytes(US_ASCII);

  private final FakeKms kms = FakeKms.start();
  @TempDir private Path folder;
  private Program program;
  private Path json;

  @BeforeEach
  void prepare() throws Exception {
    var _ = kms.account(ACCESS_KEY, SECRET_KEY);
    var _ = kms.key(KEY_ID);
    program =
        Program.in(
            folder,
            Program.EXECUTABLE,
            Map.of(
                "KEYWRAP_STATE_DIRECTORY",
                folder.resolve("state").toString(),
                "KEYWRAP_HEALTH_INTERVAL",
                "200ms"));
    json = write("");
  }

  private Path write(String more) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("jdcloud-kms-plugin.json"),
            """
            {
                "AccessKey": "%s",
                "SecretKey": "%s",
                "KmsEndpoint": "127.0.0.1:%d",
                "KmsKeyId": "%s",   # id of the key
                "KmsSchema": "http",
                "GRPCSocketPath": "%s"%s
            }
            """
                .formatted(ACCESS_KEY, SECRET_KEY, kms.port(), KEY_ID, program.socket(), more));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return file;
  }

  @AfterEach
  void endAll() throws Exception {
    program.close();
    kms.close();
  }

  @Test
  void servesByTheOldNameWithTheOldFlagAndSpeaksBothApis() throws Exception {
    Process server = program.start(oldName(), "-f=" + json);
    program.awaitServing(server);
    program.assertServes();
    VendorKms old = new VendorKms(kms.endpoint(), ACCESS_KEY, SECRET_KEY, KEY_ID);
    try (KmsClient client = program.client()) {
      ByteString wrapped = client.encryptV1(ByteString.copyFrom(DEK));
      assertThat(old.decrypt(wrapped.toByteArray())).isEqualTo(DEK);
      assertThat(client.decryptV1(ByteString.copyFrom(old.encrypt(DEK))).toByteArray())
          .isEqualTo(DEK);
      V2Ciphertext v2 = client.encryptV2(ByteString.copyFrom(DEK));
      assertThat(v2.keyId()).startsWith("jdcloud:" + KEY_ID + ":");
      assertThat(old.decrypt(v2.ciphertext().toByteArray())).isEqualTo(DEK);
    }
    program.terminate(server).succeeded();
    assertThat(program.log(server))
        .contains(
            "warning: " + json + ": contains comments",
            "warning: " + json + ": holds secrets inline",
            "warning: " + json + ": can be read or written by others",
            "is http: whoever sees the network's traffic")
        .doesNotContain(SECRET_KEY);
  }

  /** The old plugin never starts again after this. */
  @Test
  void startsAgainAfterAKillWithTheSocketLeftBehind() throws Exception {
    Process first = program.start(Program.EXECUTABLE, "serve", "-f", json.toString());
    program.awaitServing(first);
    program.kill(first);
    assertThat(program.socket()).exists();
    Process second = program.start(Program.EXECUTABLE, "serve", "-f", json.toString());
    program.awaitServing(second);
    program.assertServes();
  }

  /** kube-apiserver goes on with the seed that it holds, as it does where keywrap lives on. */
  @Test
  void statusHasTheKeyIdAfterARestartDuringAnOutageToo() throws Exception {
    Process first = program.start(oldName(), "-f=" + json);
    program.awaitServing(first);
    String keyId;
    try (KmsClient client = program.client()) {
      await().until(() -> client.status().getHealthz().equals("ok"));
      keyId = client.status().getKeyId();
    }
    program.terminate(first).succeeded();
    kms.fault(Fault.UNAVAILABLE);
    Process second = program.start(oldName(), "-f=" + json);
    program.awaitServing(second);
    try (KmsClient client = program.client()) {
      await().until(() -> catchStatus(client::status).isEmpty());
      assertThat(client.status().getKeyId()).isEqualTo(keyId);
      assertThat(client.status().getHealthz()).contains("503");
    }
  }

  /** As a pod without a state directory is at each start. */
  @Test
  void checkAndConfigCheckLeaveNothingBehindAndTellWhatIsWrong() throws Exception {
    kms.key(KEY_ID).rotate();
    kms.key(KEY_ID).disableNewestVersion();
    Program.Result failed = program.command("check", "-f", json.toString());
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.out()).contains("key_unavailable");
    kms.key(KEY_ID).encryptUnderAnyVersion();
    assertThat(program.command("check", "-f", json.toString()).out())
        .contains("key_id jdcloud:" + KEY_ID + ":")
        .contains("; but: the newest version of the key is disabled");
    program.command("config", "check", "-f", json.toString()).succeeded();
    assertThat(folder.resolve("state")).doesNotExist();
  }

  @Test
  void checkTellsOfWhatWorksOnlyInPart() throws Exception {
    kms.key(KEY_ID).rotate();
    kms.key(KEY_ID).disableFirstVersion();
    kms.faultTimes(1, Fault.RATE_LIMITED, Operation.ENCRYPT);
    assertThat(program.command("check", "-f", json.toString()).succeeded().out())
        .contains("; note: what was written under version " + kms.key(KEY_ID).firstVersion())
        .contains("; but: the back end limits calls, and 1 of these had to be made again");
    kms.fault(Fault.QUOTA_EXCEEDED, Operation.ENCRYPT);
    Program.Result used = program.command("check", "-f", json.toString());
    assertThat(used.exitCode()).isEqualTo(1);
    assertThat(used.out()).contains("throttled: ", "429 QUOTA_EXCEEDED");
  }

  @Test
  void aNewNodeServesV1AtOnceWhereTheVersionsAreNeverListed() throws Exception {
    kms.fault(Fault.NO_ANSWER, Operation.DESCRIBE_KEY_DETAIL);
    Process server = program.start(oldName(), "-f=" + json);
    program.awaitServing(server);
    try (KmsClient client = program.client()) {
      ByteString wrapped = client.encryptV1(ByteString.copyFrom(DEK));
      assertThat(client.decryptV1(wrapped).toByteArray()).isEqualTo(DEK);
      assertThat(catchStatus(client::status)).startsWith("UNAVAILABLE");
      await()
          .untilAsserted(
              () -> assertThat(catchStatus(client::status)).contains("versions are not known yet"));
      await().atMost(Duration.ofSeconds(60)).until(() -> catchStatus(client::status).isEmpty());
      assertThat(client.status().getKeyId()).isEqualTo("jdcloud:" + KEY_ID);
    }
  }

  @Test
  void aStateFileThatIsAPipeOrHugeCostsNothingButItself() throws Exception {
    Path state = Files.createDirectories(folder.resolve("state"));
    Path file = state.resolve("jdcloud-versions-" + KEY_ID + ".json");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(200_000_000);
    }
    Process first = program.start(oldName(), "-f=" + json);
    program.awaitServing(first);
    program.assertServes();
    program.terminate(first).succeeded();
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    Process second = program.start(oldName(), "-f=" + json);
    program.awaitServing(second);
    program.assertServes();
  }

  @Test
  void theOldPluginsFaultsAreErrorsHere() throws Exception {
    Process server = program.start(oldName(), "-f=" + json);
    program.awaitServing(server);
    try (KmsClient client = program.client()) {
      for (Fault fault :
          List.of(
              Fault.FORBIDDEN,
              Fault.NOT_FOUND,
              Fault.RATE_LIMITED,
              Fault.INTERNAL_ERROR,
              Fault.ERROR_WITH_200,
              Fault.NO_RESULT,
              Fault.EMPTY_FIELD,
              Fault.REDIRECT)) {
        kms.fault(fault);
        assertThat(catchStatus(() -> client.encryptV1(ByteString.copyFrom(DEK))))
            .as(fault.name())
            .isNotEmpty();
      }
      kms.fault(Fault.NONE);
      await().until(() -> catchStatus(() -> client.encryptV1(ByteString.copyFrom(DEK))).isEmpty());
      for (byte[] bad : List.of(new byte[0], new byte[] {1, 2, 3}, new byte[66])) {
        assertThat(catchStatus(() -> client.decryptV1(ByteString.copyFrom(bad))))
            .startsWith("INVALID_ARGUMENT");
      }
    }
    assertThat(server.isAlive()).isTrue();
  }

  private static String catchStatus(Runnable call) {
    try {
      call.run();
      return "";
    } catch (RuntimeException failure) {
      return String.valueOf(failure.getMessage());
    }
  }

  @Test
  void checkSaysThatSomethingSendsBackWhatItWasSent() throws Exception {
    for (Fault echo : List.of(Fault.SENT_BACK, Fault.SENT_BACK_IN_BASE64)) {
      kms.fault(echo, Operation.ENCRYPT, Operation.DECRYPT);
      Program.Result check = program.command("check", "-f", json.toString());
      assertThat(check.exitCode()).isEqualTo(1);
      assertThat(check.out() + check.err())
          .contains("returned what it was sent", "look at the endpoint");
    }
  }

  @Test
  void debugModeLogsEachRequestAndNoSecret() throws Exception {
    write(", \"DebugMode\": true");
    Process server = program.start(oldName(), "-f", json.toString());
    program.awaitServing(server);
    program.assertServes();
    kms.fault(Fault.ECHO);
    Program.Result failed = program.command("check", "--socket", program.socket().toString());
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(program.log(server))
        .contains("POST /v1/key/" + KEY_ID + ":Encrypt: ok")
        .doesNotContain(SECRET_KEY)
        .doesNotContain("plaintext\\\"");
  }

  /** As an editor leaves it that somebody was called away from. */
  @Test
  void aSecretThatLacksItsQuotesIsNeverRepeated() throws Exception {
    Files.writeString(json, Files.readString(json).replace("\"" + SECRET_KEY + "\"", SECRET_KEY));
    for (String[] command :
        List.of(
            new String[] {"serve", "-f", json.toString()},
            new String[] {"check", "-f", json.toString()},
            new String[] {"config", "check", "-f", json.toString()},
            new String[] {"config", "show", "-f", json.toString()},
            new String[] {"serve", "--config", json.toString()},
            new String[] {"config", "migrate", json.toString(), "--to", folder + "/to"})) {
      Program.Result refused = program.command(command);
      assertThat(refused.exitCode()).as(String.join(" ", command)).isEqualTo(78);
      assertThat(refused.err()).contains("error: " + json + ":3").doesNotContain(SECRET_KEY);
      assertThat(refused.out()).doesNotContain(SECRET_KEY);
    }
  }

  /**
   * Answers of 200 KB with 20,000 fields or as much of headers, for 64 callers at once, in the heap
   * that is shipped.
   */
  @Test
  void answersThatAreFarTooLongDoNotEndTheProcess() throws Exception {
    Process server = program.start(oldName(), "-f=" + json);
    program.awaitServing(server);
    for (Fault fault :
        List.of(
            Fault.MANY_FIELDS,
            Fault.LONG_FIELD,
            Fault.HUGE_HEADERS,
            Fault.HUGE_TRAILERS,
            Fault.ENDLESS_BODY)) {
      kms.fault(fault);
      long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      try (ExecutorService callers = Executors.newFixedThreadPool(64)) {
        for (int caller = 0; caller < 64; caller++) {
          var _ =
              callers.submit(
                  () -> {
                    try (KmsClient client = program.client()) {
                      while (System.nanoTime() < end) {
                        String _ = catchStatus(() -> client.encryptV1(ByteString.copyFrom(DEK)));
                      }
                    }
                  });
        }
      }
      assertThat(server.isAlive()).as(fault.name()).isTrue();
    }
    kms.fault(Fault.NONE);
    try (KmsClient client = program.client()) {
      await().until(() -> catchStatus(() -> client.encryptV1(ByteString.copyFrom(DEK))).isEmpty());
    }
  }

  @Test
  void aFileThatIsMissingOrIncompleteIsToldInFull() throws Exception {
    Program.Result none = program.command("serve", "-f", folder.resolve("none.json").toString());
    assertThat(none.exitCode()).isEqualTo(78);
    assertThat(none.err()).contains("none.json: does not exist", "hint: ");
    Files.writeString(json, "{ \"AccessKey\": \"a\" }");
    Program.Result incomplete = program.command("serve", "-f=" + json);
    assertThat(incomplete.exitCode()).isEqualTo(78);
    assertThat(incomplete.err())
        .contains("SecretKey is missing", "KmsEndpoint is missing", "GRPCSocketPath is missing");
    Program.Result both = program.command("serve", "-f=" + json, "--config=" + json);
    assertThat(both.exitCode()).isEqualTo(2);
  }

  @Test
  void theOldNameWithoutAFlagLooksWhereTheOldPluginDid() throws Exception {
    Program.Result result = program.result(program.start(oldName()));
    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.err()).contains("/etc/kubernetes/jdcloud-kms-plugin.json: does not exist");
  }

  @Test
  void checkAndConfigReadTheOldFileToo() throws Exception {
    assertThat(program.command("check", "-f", json.toString()).succeeded().out())
        .containsPattern("ok +jdcloud \\(active\\) .*key_id jdcloud:" + KEY_ID);
    assertThat(program.command("config", "show", "-f", json.toString()).succeeded().out())
        .contains("keywrap.keys.jdcloud.key-id: \"" + KEY_ID + "\"")
        .doesNotContain(SECRET_KEY)
        .doesNotContain(ACCESS_KEY);
  }

  @Test
  void migratesAndServesFromWhatItWrote() throws Exception {
    Path to = folder.resolve("keywrap");
    Program.Result migrated =
        program.command("config", "migrate", json.toString(), "--to", to.toString()).succeeded();
    assertThat(migrated.out()).contains("wrote " + to.resolve("keywrap.yaml"));
    assertThat(migrated.out() + migrated.err()).doesNotContain(SECRET_KEY);
    assertThat(program.command("config", "migrate", json.toString(), "--to", to.toString()).err())
        .contains("is not overwritten");
    Process server =
        program.start(
            Program.EXECUTABLE, "serve", "--config", to.resolve("keywrap.yaml").toString());
    program.awaitServing(server);
    program.assertServes();
  }

  @Test
  void inspectTellsALostObjectFromABareOne() throws Exception {
    byte[] lost = "k8s:enc:kms:v1:myKmsPlugin:\0\0the object".getBytes(US_ASCII);
    Program.Result result = program.command(lost, "inspect");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("error: the wrapped key is empty", "hint: ");
    byte[] bare = "k8s:enc:kms:v1:myKmsPlugin:\0\3abcthe object".getBytes(US_ASCII);
    assertThat(program.command(bare, "inspect").succeeded().out())
        .isEqualTo(
            """
            provider:     kms v1, "myKmsPlugin"
            format:       bare, as JD Cloud KMS and others have it
            ciphertext:   3 bytes
            """);
  }

  private static Path oldName() {
    return Program.EXECUTABLE.resolveSibling("k8s-kms-plugin");
  }
}
