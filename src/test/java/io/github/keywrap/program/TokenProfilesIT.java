package io.github.keywrap.program;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.github.keywrap.token.SoftHsm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program with a sealed key, and over the JDK's own provider. */
final class TokenProfilesIT {
  private static final Duration NOTICED = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private String token = "";
  private Program program;

  @BeforeEach
  void makeToken() throws Exception {
    SoftHsm.faults();
    token = SoftHsm.newToken();
    program = Program.in(Files.createDirectory(folder.resolve("a")));
    Path pin = Files.writeString(program.folder().resolve("pin"), SoftHsm.PIN + "\n");
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    program
        .set("active", "hsm")
        .set("state-directory", "state")
        .set("health-interval", "200ms")
        .set("keys.hsm.type", "pkcs11")
        .set("keys.hsm.library", SoftHsm.faultyLibrary().toString())
        .set("keys.hsm.key-label", "kek")
        .set("keys.hsm.pin.file", "pin");
  }

  @AfterEach
  void endAll() throws Exception {
    SoftHsm.faults();
    program.close();
  }

  private Program.Result keygen(String... more) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of("keygen", "--config", program.config().toString(), "--key", "hsm"));
    command.addAll(List.of(more));
    return program.command(command.toArray(String[]::new));
  }

  @Test
  void aSealedKeyServesOnWithoutTheTokenAndHealthSaysSo() throws Exception {
    program.set("keys.hsm.token", token).set("keys.hsm.algorithm", "sm4-sealed");
    assertThat(keygen().succeeded().out()).contains("-----BEGIN KEYWRAP SEALED KEY-----");
    Process server = program.serve();
    await().atMost(NOTICED).untilAsserted(() -> readyz(200, "works, key id pkcs11:"));
    metric("0.0");
    SoftHsm.faults("* fail e0");
    await().atMost(NOTICED).untilAsserted(() -> readyz(200, "a restart would not open it"));
    metric("1.0");
    program.assertServes();
    SoftHsm.faults();
    program.terminate(server).succeeded();
    assertThat(program.log(server)).contains("works, but: it is served from memory");
  }

  @Test
  void aSealedKeyIsRestoredFromWhatKeygenPrinted() throws Exception {
    program
        .set("keys.hsm.token", token)
        .set("keys.hsm.algorithm", "sm4-sealed")
        .set("keys.hsm.sealed-key.file", "sealed.pem");
    String printed = keygen().succeeded().out();
    Path backup = Files.writeString(folder.resolve("backup"), printed);
    Path sealed = program.folder().resolve("sealed.pem");
    String original = Files.readString(sealed);
    assertThat(keygen("--restore", backup.toString()).err())
        .startsWith("error: there is a sealed key already");
    Files.delete(sealed);
    assertThat(check().exitCode()).isEqualTo(1);
    keygen("--restore", backup.toString()).succeeded();
    assertThat(Files.readString(sealed)).isEqualTo(original);
    check().succeeded();
  }

  @Test
  void theJdksProviderServesWithTheKeyThatOurDriverMade() throws Exception {
    program.set("keys.hsm.token", token);
    String id = keygen().succeeded().out().replaceAll("(?s).*key-id: (\\w+).*", "$1");
    String library = SoftHsm.faultyLibrary().toString();
    List<String> listing =
        program.command("token", "list", "--library", library).succeeded().out().lines().toList();
    program
        .unset("keys.hsm.token")
        .set("keys.hsm.driver", "sunpkcs11")
        .set("keys.hsm.key-id", id)
        .set("keys.hsm.slot-list-index", String.valueOf(SoftHsm.slotListIndex(listing, token)));
    String value = check().succeeded().out().replaceAll("(?s).*set check-value: (\\S+).*", "$1");
    program.set("keys.hsm.check-value", value);
    assertThat(check().succeeded().out()).contains("the key is pkcs11:" + id + "-aes-gcm");
    Process server = program.serve();
    await().atMost(NOTICED).untilAsserted(() -> readyz(200, "works, key id pkcs11:" + id));
    program.assertServes();
    SoftHsm.faults(SoftHsm.reset());
    await().atMost(NOTICED).untilAsserted(program::assertServes);
    program.terminate(server).succeeded();
    assertThat(program.log(server))
        .contains("cannot see whether the key is private")
        .doesNotContain(SoftHsm.PIN + "\n");
  }

  private Program.Result check() throws Exception {
    return program.command("check", "--config", program.config().toString());
  }

  private void readyz(int status, String text) {
    given()
        .port(program.managementPort())
        .get("/readyz")
        .then()
        .statusCode(status)
        .body(containsString(text));
  }

  private void metric(String value) throws IOException {
    given()
        .port(program.managementPort())
        .get("/metrics")
        .then()
        .body(containsString("keywrap_key_impaired{key=\"hsm\"} " + value));
  }
}
