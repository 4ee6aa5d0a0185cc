package io.github.keywrap.program;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.google.protobuf.ByteString;
import io.github.keywrap.transport.KmsClient;
import io.github.keywrap.transport.KmsClient.V2Ciphertext;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program from start to stop. */
final class ServeIT {
  private static final ByteString DEK = ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef");

  @TempDir private Path folder;
  private Program program;

  @BeforeEach
  void prepare() throws Exception {
    program = Program.in(folder);
  }

  @AfterEach
  void endAll() throws Exception {
    program.close();
  }

  @Test
  void servesBothApisAndEndsInOrderAtSigterm() throws Exception {
    Process server = program.serve();
    program.assertServes();
    Program.Result end = program.terminate(server);
    assertThat(end.exitCode()).isZero();
    assertThat(program.socket()).doesNotExist();
    assertThat(end.err()).doesNotContain("ERROR", "WARN");
  }

  @Test
  void afterSigkillItStartsAgainAndOpensWhatItWrappedBefore() throws Exception {
    Process server = program.serve();
    ByteString v1;
    V2Ciphertext v2;
    try (KmsClient client = program.client()) {
      v1 = client.encryptV1(DEK);
      v2 = client.encryptV2(DEK);
    }
    program.kill(server);
    assertThat(program.socket()).exists();
    program.serve();
    try (KmsClient client = program.client()) {
      assertThat(client.decryptV1(v1)).isEqualTo(DEK);
      assertThat(client.decryptV2(v2)).isEqualTo(DEK);
    }
  }

  @Test
  void everyKeyUnwrapsWhicheverIsActive() throws Exception {
    Process server = program.serve();
    ByteString aes;
    String aesKeyId;
    try (KmsClient client = program.client()) {
      aes = client.encryptV1(DEK);
      aesKeyId = client.status().getKeyId();
    }
    program.terminate(server).succeeded();
    program.set("active", "second").serve();
    try (KmsClient client = program.client()) {
      assertThat(client.status().getKeyId()).startsWith("local:").isNotEqualTo(aesKeyId);
      assertThat(client.decryptV1(aes)).isEqualTo(DEK);
      assertThat(client.decryptV1(client.encryptV1(DEK))).isEqualTo(DEK);
    }
  }

  @Test
  void servesFromAPoolToo() throws Exception {
    program.set("keys.first.pool.threads", "2").serve();
    program.assertServes();
  }

  @Test
  void endpointsTellHealthAndMetrics() throws Exception {
    program.serve();
    program.assertServes();
    given().port(program.managementPort()).get("/livez").then().statusCode(200);
    given().port(program.managementPort()).get("/healthz").then().statusCode(200);
    given()
        .port(program.managementPort())
        .get("/readyz")
        .then()
        .statusCode(200)
        .body("status", equalTo("UP"))
        .body("checks[0].data.active", equalTo("first"));
    given()
        .port(program.managementPort())
        .get("/metrics")
        .then()
        .statusCode(200)
        .body(containsString("keywrap_wraps_total{key=\"first\"}"))
        .body(containsString("keywrap_key_healthy{key=\"second\"} 1.0"))
        .body(containsString("keywrap_read_back_mismatches_total{key=\"first\"} 0.0"))
        .body(containsString("service=\"v1beta1.KeyManagementService\""));
  }

  @Test
  void aSocketThatSomebodyReplacedMakesItNotAliveAndNotReadyUntilItIsBack() throws Exception {
    program.serve();
    Files.delete(program.socket());
    Files.writeString(program.socket(), "somebody else's");
    given().port(program.managementPort()).get("/livez").then().statusCode(503);
    given().port(program.managementPort()).get("/readyz").then().statusCode(503);
    Files.delete(program.socket());
    await()
        .untilAsserted(
            () -> given().port(program.managementPort()).get("/readyz").then().statusCode(200));
    given().port(program.managementPort()).get("/livez").then().statusCode(200);
  }

  @Test
  void aManagementPortThatIsTakenCostsTheEndpointsOnly() throws Exception {
    try (ServerSocket _ =
        new ServerSocket(program.managementPort(), 1, InetAddress.getLoopbackAddress())) {
      Process server = program.serve();
      assertThat(program.log(server)).contains("health and metrics are not served");
      program.assertServes();
      program.terminate(server).succeeded();
    }
  }

  @Test
  void endpointsCanBeSwitchedOff() throws Exception {
    program.set("management.enabled", "false").serve();
    program.assertServes();
    try (ServerSocket free =
        new ServerSocket(program.managementPort(), 1, InetAddress.getLoopbackAddress())) {
      assertThat(free.isBound()).isTrue();
    }
  }

  @Test
  void aSecretFileThatIsNotThereYetIsWaitedForAndTheOtherKeyServes() throws Exception {
    Process before = program.serve();
    V2Ciphertext ofFirst;
    try (KmsClient client = program.client()) {
      ofFirst = client.encryptV2(DEK);
    }
    program.terminate(before).succeeded();
    Path secret = folder.resolve("later");
    program.set("keys.first.passphrase.file", "later").set("active", "second");
    assertThat(program.command("config", "check", "--config", program.config().toString()).err())
        .contains("file " + secret + " does not exist");

    Process server = program.serve();
    assertThat(program.log(server))
        .contains("key \"first\" is unavailable: file " + secret + " does not exist yet");
    program.assertServes();
    try (KmsClient client = program.client()) {
      assertThatThrownBy(() -> client.decryptV2(ofFirst))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("UNAVAILABLE");
      Files.copy(folder.resolve("passphrase"), secret, StandardCopyOption.COPY_ATTRIBUTES);
      Files.writeString(secret, "another passphrase");
      await().until(() -> program.log(server).contains("key \"first\" is unavailable: keystore "));
      await()
          .untilAsserted(
              () ->
                  given()
                      .port(program.managementPort())
                      .get("/readyz")
                      .then()
                      .body(containsString("not open yet: keystore ")));
      Files.copy(folder.resolve("passphrase"), secret, StandardCopyOption.REPLACE_EXISTING);
      await().ignoreExceptions().until(() -> client.decryptV2(ofFirst), DEK::equals);
    }
    assertThat(program.log(server)).contains("key \"first\": its secret is there now");
  }

  @Test
  void aSecretFileWhoseFolderIsMissingOrThatIsMalformedIsAnError() throws Exception {
    program.set("keys.first.passphrase.file", "missing/later");
    assertThat(program.result(program.beginToServe()).exitCode()).isEqualTo(78);
    Path empty = Files.createFile(folder.resolve("empty"));
    Files.setPosixFilePermissions(empty, PosixFilePermissions.fromString("rw-------"));
    program.set("keys.first.passphrase.file", "empty");
    assertThat(program.result(program.beginToServe()).exitCode()).isEqualTo(78);
  }

  /** The lines of the log are of changes. */
  @Test
  void asManyLooksAtAnEndpointThatSaysNoAreOneLine() throws Exception {
    Process server = program.serve();
    replaceByAFolder(program.socket());
    for (int look = 0; look < 5; look++) {
      given().port(program.managementPort()).get("/livez").then().statusCode(503);
    }
    assertThat(program.log(server).lines().filter(line -> line.contains("health")))
        .singleElement()
        .asString()
        .contains("WARN", "\"socket\" is down");
  }

  /** So that it is not put back; which it may be in the moment in which nothing is there. */
  private void replaceByAFolder(Path socket) throws IOException {
    Path other = Files.createDirectory(folder.resolve("in-its-place"));
    await()
        .ignoreExceptions()
        .until(
            () -> {
              Files.deleteIfExists(socket);
              return Files.move(other, socket).equals(socket);
            });
  }

  @Test
  void aMissingKeystoreIsAnErrorAndNeverANewKey() throws Exception {
    Files.delete(folder.resolve("first.jwe"));
    Program.Result result = program.result(program.beginToServe());
    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.err())
        .contains("error: key first: keystore ")
        .contains("hint: make it: keywrap keygen --config FILE --key first");
    assertThat(folder.resolve("first.jwe")).doesNotExist();
    assertThat(program.socket()).doesNotExist();
  }

  @Test
  void noSecretIsInTheLogOrOnTheCommandLine() throws Exception {
    Process server = program.serve();
    try (KmsClient client = program.client()) {
      assertThat(client.decryptV1(client.encryptV1(DEK))).isEqualTo(DEK);
    }
    String arguments = Files.readString(Path.of("/proc", Long.toString(server.pid()), "cmdline"));
    String log = program.terminate(server).err();
    assertThat(arguments + log).doesNotContain("a passphrase", DEK.toStringUtf8());
  }

  @Test
  void itsCoreDumpLimitIsZero() throws Exception {
    Process server = program.serve();
    await()
        .untilAsserted(
            () ->
                assertThat(
                        Files.readString(Path.of("/proc", Long.toString(server.pid()), "limits")))
                    .containsPattern("Max core file size +0 +"));
  }
}
