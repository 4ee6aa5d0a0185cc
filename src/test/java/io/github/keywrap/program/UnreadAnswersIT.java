package io.github.keywrap.program;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.github.keywrap.transport.KmsClient;
import io.github.keywrap.transport.v1beta1.EncryptRequest;
import io.github.keywrap.transport.v2.StatusRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that send tens of thousands of calls to the packaged program and take no answers. */
final class UnreadAnswersIT {
  private static final ByteString DEK = ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef");
  private static final String ENCRYPT = "v1beta1.KeyManagementService/Encrypt";
  private static final String STATUS = "v2.KeyManagementService/Status";
  private static final EncryptRequest SMALL =
      EncryptRequest.newBuilder().setVersion("v1beta1").setPlain(DEK).build();
  private static final EncryptRequest LARGE =
      SMALL.toBuilder().setPlain(ByteString.copyFrom(new byte[4_000])).build();

  private static final int DEFAULT_WINDOW = 65_535;

  @TempDir private Path folder;
  private Program program;
  private Process server;
  private final List<RawCalls> clients = new ArrayList<>();

  @BeforeEach
  void serve() throws Exception {
    program = Program.in(folder).set("call-timeout", "1s");
    server = program.serve();
  }

  @AfterEach
  void endAll() throws Exception {
    for (RawCalls client : clients) {
      client.close();
    }
    program.close();
  }

  @Test
  void aClientThatReadsNothingCostsNobodyElse() throws Exception {
    flood(ENCRYPT, SMALL, DEFAULT_WINDOW, false);
  }

  @Test
  void aClientThatReadsNothingOfLargeAnswersCostsNobodyElse() throws Exception {
    flood(ENCRYPT, LARGE, DEFAULT_WINDOW, false);
  }

  @Test
  void aClientWhoseWindowStaysShutCostsNobodyElse() throws Exception {
    flood(ENCRYPT, SMALL, 0, true);
  }

  @Test
  void aClientThatAsksForStatusAndTakesNoneCostsNobodyElse() throws Exception {
    flood(STATUS, StatusRequest.getDefaultInstance(), 0, true);
  }

  /**
   * Nor does it acknowledge any limit that it was told: calls, connections, unfinished requests.
   */
  @Test
  void clientsWithUnfinishedCallsLeaveOthersTheirShare() throws Exception {
    program.terminate(server).succeeded();
    program.set("call-timeout", "10s");
    server = program.serve();
    for (int connections = 1; connections <= 64; connections *= 2) {
      while (clients.size() < connections) {
        clients.add(new RawCalls(program.socket(), ENCRYPT, SMALL, DEFAULT_WINDOW));
        clients.getLast().begin(7_000, Duration.ofSeconds(2));
      }
      try (KmsClient client = program.client()) {
        assertThat(client.decryptV1(client.encryptV1(DEK))).isEqualTo(DEK);
      }
    }
  }

  /** Four connections of 20,000 calls each; in the end none of them is left. */
  private void flood(String method, MessageLite request, int window, boolean reads)
      throws Exception {
    for (int i = 0; i < 4; i++) {
      clients.add(new RawCalls(program.socket(), method, request, window));
    }
    try (ExecutorService senders = Executors.newFixedThreadPool(clients.size())) {
      List<Future<?>> sent = new ArrayList<>();
      for (RawCalls client : clients) {
        sent.add(senders.submit(() -> client.send(20_000, reads, Duration.ofSeconds(10))));
      }
      for (Future<?> each : sent) {
        each.get(60, TimeUnit.SECONDS);
      }
    }
    assertThat(server.isAlive()).isTrue();
    for (RawCalls client : clients) {
      assertThat(client.isClosed(Duration.ofSeconds(30))).isTrue();
    }
    try (KmsClient client = program.client()) {
      assertThat(client.decryptV1(client.encryptV1(DEK))).isEqualTo(DEK);
    }
    program.assertServes();
  }
}
