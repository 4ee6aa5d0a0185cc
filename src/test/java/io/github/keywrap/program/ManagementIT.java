package io.github.keywrap.program;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.github.keywrap.transport.KmsClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The management port of the packaged program, which any local user can reach. */
final class ManagementIT {
  private static final ByteString DEK = ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef");

  @TempDir private Path folder;
  private Program program;
  private Process server;

  @BeforeEach
  void serve() throws Exception {
    program = Program.in(folder);
    server = program.serve();
  }

  @AfterEach
  void endAll() throws Exception {
    program.close();
  }

  @Test
  void clientsThatAskWithoutEndAndReadNothingCostNoCall() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
      List<Future<?>> floods = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        floods.add(clients.submit(() -> flood(ended)));
      }
      try {
        assertCallsAreAnswered(Duration.ofSeconds(25));
      } finally {
        ended.set(true);
      }
      for (Future<?> flood : floods) {
        flood.get();
      }
    }
    assertIsWell();
  }

  /** Sends requests on a connection for as long as it is let, and then on the next. */
  private void flood(AtomicBoolean ended) {
    byte[] requests = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100).getBytes(US_ASCII);
    while (!ended.get() && server.isAlive()) {
      try (SocketChannel connection = connect()) {
        connection.configureBlocking(false);
        ByteBuffer rest = ByteBuffer.wrap(requests);
        while (!ended.get() && server.isAlive()) {
          if (connection.write(rest) == 0) {
            Thread.onSpinWait();
          }
          if (!rest.hasRemaining()) {
            rest.rewind();
          }
        }
      } catch (IOException closed) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void thousandsOfHalfSentRequestsCostNoCallAndNoProbe() throws Exception {
    List<SocketChannel> connections = new ArrayList<>();
    try {
      byte[] half = ("GET /livez HTTP/1.1\r\nX-Padding: " + "x".repeat(4_000)).getBytes(US_ASCII);
      for (int i = 0; i < 3_000; i++) {
        SocketChannel connection = connect();
        connections.add(connection);
        send(connection, half);
      }
      assertCallsAreAnswered(Duration.ofSeconds(3));
      assertIsWell();
      try (Stream<Path> open = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
        assertThat(open).as("descriptors of the server").hasSizeLessThan(500);
      }
    } finally {
      for (SocketChannel connection : connections) {
        connection.close();
      }
    }
  }

  private static void send(SocketChannel connection, byte[] bytes) {
    try {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        connection.write(rest);
      }
    } catch (IOException closedAlready) {
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  void everyRequestIsTheLastOfItsConnection() throws Exception {
    given()
        .port(program.managementPort())
        .get("/livez?verbose")
        .then()
        .header("Connection", "close");
    given().port(program.managementPort()).head("/metrics").then().statusCode(200);
    given().port(program.managementPort()).get("/").then().statusCode(404);
    given().port(program.managementPort()).post("/livez").then().statusCode(405);
    try (SocketChannel connection = connect()) {
      send(connection, "GET /livez HTTP/1.1\r\n\r\nGET /livez HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      assertThat(readAll(connection).split("HTTP/1.1 200", -1)).hasSize(2);
    }
    try (SocketChannel connection = connect()) {
      send(connection, ("GET /" + "x".repeat(10_000)).getBytes(US_ASCII));
      assertThat(readAll(connection)).startsWith("HTTP/1.1 400");
    }
  }

  private static String readAll(SocketChannel connection) throws IOException {
    StringBuilder all = new StringBuilder();
    ByteBuffer buffer = ByteBuffer.allocate(4_096);
    try {
      while (connection.read(buffer) >= 0) {
        all.append(US_ASCII.decode(buffer.flip()));
        buffer.clear();
      }
    } catch (IOException resetAsMoreWasSentThanRead) {
      assertThat(all).isNotEmpty();
    }
    return all.toString();
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), program.managementPort()));
  }

  private void assertCallsAreAnswered(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    try (KmsClient client = program.client()) {
      while (System.nanoTime() < end) {
        assertThat(client.decryptV1(client.encryptV1(DEK))).isEqualTo(DEK);
      }
    }
  }

  private void assertIsWell() throws Exception {
    given().port(program.managementPort()).get("/livez").then().statusCode(200);
    given().port(program.managementPort()).get("/metrics").then().statusCode(200);
    program.assertServes();
    assertThat(program.log(server)).doesNotContain("ERROR", "WARN");
  }
}
