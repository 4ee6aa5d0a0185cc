package io.github.keywrap.program;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.token.SoftHsm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program ends, whatever its PKCS#11 library does then. */
final class TokenEndIT {
  private static final Duration RECOVERY = Duration.ofSeconds(10);
  private static final Duration END = Duration.ofSeconds(5);

  /** For a command from its start; the destructor of the library hangs four times as long. */
  private static final Duration COMMAND = Duration.ofSeconds(15);

  private static final Duration GRACE = Duration.ofSeconds(1);

  @TempDir private Path folder;
  private Program program;

  @BeforeEach
  void makeKeys() throws Exception {
    SoftHsm.faults();
    String token = SoftHsm.newToken();
    program = Program.in(Files.createDirectory(folder.resolve("a")));
    Path pin = Files.writeString(program.folder().resolve("pin"), SoftHsm.PIN + "\n");
    Path _ = Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    addKey("hsm", token);
    addKey("hsm-next", token);
    program
        .set("active", "hsm")
        .set("state-directory", "state")
        .set("health-interval", "200ms")
        .set("call-timeout", "1s")
        .set("shutdown-grace", GRACE.toSeconds() + "s");
    keygen("hsm");
    keygen("hsm-next");
  }

  private void addKey(String name, String token) throws Exception {
    program
        .set("keys." + name + ".type", "pkcs11")
        .set("keys." + name + ".library", SoftHsm.faultyLibrary().toString())
        .set("keys." + name + ".token", token)
        .set("keys." + name + ".key-label", name)
        .set("keys." + name + ".pin.file", "pin");
  }

  private void keygen(String name) throws Exception {
    Program.Result _ =
        program
            .command("keygen", "--config", program.config().toString(), "--key", name)
            .succeeded();
  }

  @AfterEach
  void endAll() throws Exception {
    SoftHsm.faults();
    program.close();
  }

  @Test
  void aDestructorThatHangsDoesNotHoldTheServer() throws Exception {
    SoftHsm.faults("destructor hang");
    Process server = program.serve();
    await().atMost(RECOVERY).untilAsserted(() -> ready(200));
    assertEndsWithin(END, server);
  }

  @Test
  void aDestructorThatHangsDoesNotHoldACommand() throws Exception {
    SoftHsm.faults("destructor hang");
    assertSucceedsSoon("check", "--config", program.config().toString());
    assertSucceedsSoon("token", "list", "--library", SoftHsm.faultyLibrary().toString());
  }

  /** The exit code is that of the command, not that of the end. */
  @Test
  void aCommandThatFailsSaysSoThoughTheDestructorHangs() throws Exception {
    SoftHsm.faults("destructor hang", "C_Encrypt fail 30");
    long start = System.nanoTime();
    Program.Result check = program.command("check", "--config", program.config().toString());
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(COMMAND);
  }

  /** The destructor, too. */
  @Test
  void aLibraryThatHangsInAllCallsOfTwoKeysDoesNotHoldTheServer() throws Exception {
    Process server = program.serve();
    await().atMost(RECOVERY).untilAsserted(() -> ready(200));
    SoftHsm.faults("* hang");
    await().atMost(RECOVERY).untilAsserted(() -> ready(503));
    assertEndsWithin(GRACE.plus(END), server);
  }

  private void ready(int status) {
    given().port(program.managementPort()).get("/readyz").then().statusCode(status);
  }

  private void assertEndsWithin(Duration most, Process server) throws Exception {
    long start = System.nanoTime();
    Program.Result _ = program.terminate(server).succeeded();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(most);
  }

  private void assertSucceedsSoon(String... command) throws Exception {
    long start = System.nanoTime();
    Program.Result _ = program.command(command).succeeded();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(COMMAND);
  }
}
