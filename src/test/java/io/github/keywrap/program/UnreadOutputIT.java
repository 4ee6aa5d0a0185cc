package io.github.keywrap.program;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import com.google.protobuf.ByteString;
import io.github.keywrap.transport.KmsClient;
import io.github.keywrap.transport.KmsClient.V2Ciphertext;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program while nobody reads what it writes. */
@Timeout(120)
final class UnreadOutputIT {
  private static final ByteString DEK = ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef");
  private static final ByteString STRANGE = ByteString.copyFromUtf8("no ciphertext");
  private static final ByteString TOO_LONG = ByteString.copyFrom(new byte[70_000]);

  @TempDir private Path folder;
  private Program program;
  private UnreadPipe pipe;

  @BeforeEach
  void prepare() throws Exception {
    program = Program.in(Files.createDirectory(folder.resolve("a")));
    pipe = UnreadPipe.at(folder.resolve("pipe"));
  }

  @AfterEach
  void endAll() throws Exception {
    program.close();
    pipe.close();
  }

  @Test
  void aPipeThatFillsUpStopsNothing() throws Exception {
    Process server = serve();
    pipe.fill();
    assertServesThoughCallsFail();
    assertEndsInOrder(server);
  }

  @Test
  void aPipeThatIsFullFromTheStartStopsNothing() throws Exception {
    pipe.fill();
    Process server = serve(Map.of("KEYWRAP_AOT_CACHE", "off"));
    assertServesThoughCallsFail();
    assertEndsInOrder(server);
  }

  @Test
  void aWarningOfTheJvmOnAFullPipeStopsNothing() throws Exception {
    pipe.fill();
    Process server = serve(Map.of("KEYWRAP_JAVA_OPTS", "-XX:AOTCache=/dev/null"));
    assertServesThoughCallsFail();
    assertEndsInOrder(server);
  }

  /** The JVM prints its threads then, while they all stand still. */
  @Test
  void aSignalForAThreadDumpStopsNothing() throws Exception {
    pipe.fill();
    Process server = serve();
    for (int i = 0; i < 3; i++) {
      signal(server, "QUIT");
      assertServesThoughCallsFail();
    }
    assertEndsInOrder(server);
  }

  private static void signal(Process process, String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void whatIsReadLaterIsAllThere() throws Exception {
    Process server = serve();
    pipe.fill();
    failingCalls();
    assertThat(pipe.readUntil("Decrypt failed: ")).contains("serving KMS");
    given()
        .port(program.managementPort())
        .get("/metrics")
        .then()
        .body(containsString("keywrap_log_lines_dropped_total 0.0"));
    assertThat(server.isAlive()).isTrue();
  }

  private Process serve() throws Exception {
    return serve(Map.of());
  }

  private Process serve(Map<String, String> environment) throws Exception {
    Process server =
        program.beginToServe(
            builder -> {
              builder.redirectErrorStream(true).redirectOutput(pipe.path().toFile());
              builder.environment().putAll(environment);
            });
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(program.socket()) || !server.isAlive());
    assertThat(server.isAlive()).as("its output is in the pipe").isTrue();
    return server;
  }

  private void assertServesThoughCallsFail() {
    for (int connection = 0; connection < 10; connection++) {
      failingCalls();
    }
    for (int connection = 0; connection < 8; connection++) {
      try (KmsClient client = program.client()) {
        assertThat(client.decryptV1(client.encryptV1(DEK))).isEqualTo(DEK);
        assertThat(client.status().getHealthz()).isEqualTo("ok");
      }
    }
    given().port(program.managementPort()).get("/livez").then().statusCode(200);
    given().port(program.managementPort()).get("/readyz").then().statusCode(200);
  }

  /** Each is a line or more of the log, at least the first time. */
  private void failingCalls() {
    try (KmsClient client = program.client()) {
      fails(() -> client.encryptV1(ByteString.EMPTY));
      fails(() -> client.decryptV1(STRANGE));
      fails(() -> client.encryptV2(ByteString.EMPTY));
      fails(() -> client.decryptV2(new V2Ciphertext(STRANGE, "local:00")));
      fails(() -> client.decryptV1(TOO_LONG));
    }
  }

  private static void fails(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(StatusRuntimeException.class);
  }

  private void assertEndsInOrder(Process server) throws Exception {
    server.destroy();
    assertThat(server.waitFor(5, TimeUnit.SECONDS)).as("ends at SIGTERM").isTrue();
    assertThat(server.exitValue()).isZero();
  }
}
