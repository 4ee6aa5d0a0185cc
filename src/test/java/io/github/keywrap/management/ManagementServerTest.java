package io.github.keywrap.management;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The endpoint by itself, with pages that do what they should not. */
final class ManagementServerTest {
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger rendered = new AtomicInteger();
  private InetSocketAddress address;
  private ManagementServer server;

  @BeforeEach
  void start() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
    }
    server =
        ManagementServer.start(
            address,
            Map.of(
                PageName.of("/quick"),
                () -> Answer.ok("text/x-other", "number " + rendered.incrementAndGet()),
                new PageName("/quick", true),
                () -> Answer.ok("text/plain", "plain"),
                PageName.of("/down"),
                () -> Answer.unavailable("text/plain", "down"),
                PageName.of("/defect"),
                () -> {
                  throw new IllegalStateException("a secret");
                },
                PageName.of("/hangs"),
                this::hang));
  }

  private Answer hang() {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Answer.ok("text/plain", "at last");
  }

  @AfterEach
  void stop() {
    release.countDown();
    server.close();
  }

  @Test
  void answersWhatThePageSaysInTheFormThatIsAskedFor() {
    given().port(address.getPort()).get("/quick").then().statusCode(200).body(equalTo("number 1"));
    given()
        .port(address.getPort())
        .accept("text/plain")
        .get("/quick?a=b")
        .then()
        .contentType("text/plain")
        .body(equalTo("plain"));
    given().port(address.getPort()).get("/down").then().statusCode(503).body(equalTo("down"));
  }

  @Test
  void tellsNothingOfADefectButThatThereIsOne() {
    given()
        .port(address.getPort())
        .get("/defect")
        .then()
        .statusCode(500)
        .body(equalTo("Internal Server Error\n"));
  }

  @Test
  void aPageThatHangsKeepsNoOtherAndNoConnection() throws Exception {
    List<Socket> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(ask("/hangs"));
    }
    given().port(address.getPort()).get("/quick").then().statusCode(200);
    for (Socket client : waiting) {
      assertThat(client.getInputStream().read()).as("closed after its time").isEqualTo(-1);
      client.close();
    }
    release.countDown();
    await()
        .untilAsserted(() -> given().port(address.getPort()).get("/hangs").then().statusCode(200));
  }

  private Socket ask(String path) throws IOException {
    Socket client = new Socket(address.getAddress(), address.getPort());
    client.setSoTimeout((int) Connections.LONGEST.multipliedBy(3).toMillis());
    client.getOutputStream().write(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(US_ASCII));
    return client;
  }

  @Test
  void aPageIsRenderedOnceForAllWhoAskAtOnce() throws Exception {
    long began = System.nanoTime();
    for (int i = 0; i < 200; i++) {
      try (Socket client = ask("/quick")) {
        assertThat(client.getInputStream().readAllBytes()).isNotEmpty();
      }
    }
    long tenths = (System.nanoTime() - began) / 100_000_000 + 1;
    assertThat(rendered.get()).isLessThanOrEqualTo((int) tenths);
  }

  @Test
  void whoHoldsConnectionsOpenKeepsNobodyOut() throws Exception {
    List<Socket> idle = new ArrayList<>();
    for (int i = 0; i < 3 * Connections.MAX; i++) {
      idle.add(new Socket(address.getAddress(), address.getPort()));
    }
    given().port(address.getPort()).get("/quick").then().statusCode(200);
    assertThat(idle.getFirst().getInputStream().read()).as("the oldest is closed").isEqualTo(-1);
    for (Socket client : idle) {
      client.close();
    }
  }

  @Test
  void anAddressThatIsTakenIsRefused() {
    assertThatThrownBy(() -> ManagementServer.start(address, Map.of()))
        .isInstanceOf(IOException.class);
  }
}
