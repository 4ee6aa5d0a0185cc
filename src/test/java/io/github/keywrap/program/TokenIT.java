package io.github.keywrap.program;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.github.keywrap.token.SoftHsm;
import io.github.keywrap.transport.KmsClient;
import io.github.keywrap.transport.KmsClient.V2Ciphertext;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program with a key on a SoftHSM token that can fail. */
final class TokenIT {
  private static final ByteString DEK = ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef");
  private static final Duration RECOVERY = Duration.ofSeconds(5);
  private static final Duration START = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private String token = "";
  private Program program;

  @BeforeEach
  void makeKey() throws Exception {
    SoftHsm.faults();
    token = SoftHsm.newToken();
    program = withKey(Program.in(Files.createDirectory(folder.resolve("a"))));
    assertThat(keygen().succeeded().out()).contains("key-id: ");
  }

  @AfterEach
  void endAll() throws Exception {
    SoftHsm.faults();
    program.close();
  }

  private Program withKey(Program with) throws Exception {
    pin(with, SoftHsm.PIN);
    return with.set("active", "hsm")
        .set("state-directory", "state")
        .set("health-interval", "200ms")
        .set("keys.hsm.type", "pkcs11")
        .set("keys.hsm.library", SoftHsm.faultyLibrary().toString())
        .set("keys.hsm.token", token)
        .set("keys.hsm.key-label", "kek")
        .set("keys.hsm.pin.file", "pin");
  }

  private static void pin(Program with, String pin) throws IOException {
    Path file = Files.writeString(with.folder().resolve("pin"), pin + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private Program.Result keygen() throws Exception {
    return program.command("keygen", "--config", program.config().toString(), "--key", "hsm");
  }

  @Test
  void checkShowsEachStepToTheKey() throws Exception {
    Program.Result check =
        program.command("check", "--config", program.config().toString()).succeeded();
    assertThat(check.out().lines().filter(line -> line.contains("hsm")))
        .allMatch(line -> line.startsWith("ok "))
        .extracting(line -> line.split("\\s{2,}", -1)[1])
        .containsExactly(
            "hsm, library",
            "hsm, token",
            "hsm, login",
            "hsm, key",
            "hsm, round trip",
            "hsm (active)");
  }

  @Test
  void startsWhileTheTokenIsAwayAndBecomesReadyWhenItAppears() throws Exception {
    SoftHsm.faults("* fail e0");
    Process server = program.serve();
    given().port(program.managementPort()).get("/readyz").then().statusCode(503);
    given().port(program.managementPort()).get("/livez").then().statusCode(200);
    SoftHsm.faults();
    await().atMost(RECOVERY).untilAsserted(() -> ready(200));
    program.assertServes();
    program.terminate(server).succeeded();
  }

  @Test
  void aHungLibraryTurnsReadinessOffAndDoesNotHoldTheEnd() throws Exception {
    Process server = program.set("call-timeout", "1s").set("shutdown-grace", "1s").serve();
    await().atMost(RECOVERY).untilAsserted(() -> ready(200));
    SoftHsm.faults("* hang");
    try (KmsClient client = program.client()) {
      CompletableFuture<ByteString> hung =
          CompletableFuture.supplyAsync(() -> client.encryptV1(DEK));
      assertThat(hung)
          .failsWithin(RECOVERY)
          .withThrowableThat()
          .havingCause()
          .isInstanceOf(StatusRuntimeException.class);
      assertThat(client.status().getKeyId()).startsWith("pkcs11:");
      await().atMost(RECOVERY).untilAsserted(() -> ready(503));
    }
    long start = System.nanoTime();
    server.destroy();
    assertThat(program.result(server).exitCode()).isZero();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
  }

  private void ready(int status) {
    given().port(program.managementPort()).get("/readyz").then().statusCode(status);
  }

  /** Five restarts, check and keygen: one login in all. */
  @Test
  void aWrongPinIsTriedOnceByAllProcesses() throws Exception {
    pin(program, "9999");
    long before = SoftHsm.logins();
    for (int i = 0; i < 5; i++) {
      Process server = program.serve();
      program.kill(server);
    }
    Program.Result check = program.command("check", "--config", program.config().toString());
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.out()).contains("it is not tried again").doesNotContain("9999");
    assertThat(keygen().err()).startsWith("error: ").contains("PIN");
    assertThat(SoftHsm.logins() - before).isEqualTo(1);
    assertThat(
            program
                .command("pin", "retry", "--config", program.config().toString())
                .succeeded()
                .out())
        .isEqualTo("ok: 1 refused PIN(s) may be tried again\n");
  }

  @Test
  void aServerThatWasKilledWhileItLoggedInServesWhenItIsStartedAgain() throws Exception {
    killWhileItLogsIn();
    Process server = program.serve();
    await().atMost(RECOVERY).untilAsserted(() -> ready(200));
    program.assertServes();
    program.terminate(server).succeeded();
  }

  /** A library that crashes with a PIN crashes again: each time may be a try. */
  @Test
  void aServerThatWasKilledTwiceWhileItLoggedInRestsUntilPinRetry() throws Exception {
    killWhileItLogsIn();
    killWhileItLogsIn();
    long before = SoftHsm.logins();
    Process server = program.serve();
    await().atMost(RECOVERY).untilAsserted(() -> ready(503));
    Program.Result check = program.command("check", "--config", program.config().toString());
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.out()).contains("has ended twice while it tried the PIN", "ten minutes");
    assertThat(SoftHsm.logins()).isEqualTo(before);
    Program.Result _ =
        program.command("pin", "retry", "--config", program.config().toString()).succeeded();
    await().atMost(RECOVERY).untilAsserted(() -> ready(200));
    program.assertServes();
    program.terminate(server).succeeded();
  }

  private void killWhileItLogsIn() throws Exception {
    SoftHsm.faults("C_Login hang");
    long before = SoftHsm.logins();
    Process server = program.beginToServe();
    await().atMost(START).until(() -> SoftHsm.logins() > before);
    program.kill(server);
    SoftHsm.faults();
  }

  /** Another node, with a copy of the token and the same settings. */
  @Test
  void twoNodesWithTheSameKeyOpenEachOthersCiphertexts() throws Exception {
    Path copy = folder.resolve("tokens");
    String _ = SoftHsm.run(List.of("cp", "-r", SoftHsm.tokens().toString(), copy.toString()));
    Path config =
        Files.writeString(folder.resolve("softhsm2.conf"), "directories.tokendir = " + copy + "\n");
    Map<String, String> environment = Map.of("SOFTHSM2_CONF", config.toString());
    Path other = Files.createDirectory(folder.resolve("b"));
    try (Program second = withKey(Program.in(other, Program.EXECUTABLE, environment))) {
      Process _ = program.serve();
      Process _ = second.serve();
      try (KmsClient one = program.client();
          KmsClient two = second.client()) {
        V2Ciphertext wrapped = one.encryptV2(DEK);
        assertThat(two.status().getKeyId()).isEqualTo(wrapped.keyId());
        assertThat(two.decryptV2(wrapped)).isEqualTo(DEK);
        assertThat(one.decryptV1(two.encryptV1(DEK))).isEqualTo(DEK);
      }
    }
  }
}
