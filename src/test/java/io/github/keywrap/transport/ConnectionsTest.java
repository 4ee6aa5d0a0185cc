package io.github.keywrap.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywrap.transport.v1beta1.KeyManagementServiceGrpc;
import io.github.keywrap.transport.v1beta1.VersionRequest;
import io.github.keywrap.transport.v1beta1.VersionResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More connections to a socket than there may be, which other clients share. */
final class ConnectionsTest {
  private static final VersionResponse VERSION =
      VersionResponse.newBuilder().setVersion("v1beta1").build();

  @TempDir private Path folder;
  private final BlockingQueue<StreamObserver<VersionResponse>> asked = new LinkedBlockingQueue<>();
  private final List<SocketChannel> held = new ArrayList<>();
  private Path socket;
  private GrpcServers servers;

  @BeforeEach
  void serve() throws Exception {
    socket = folder.resolve("s");
    servers =
        new GrpcServers(
            List.of(
                new KeyManagementServiceGrpc.KeyManagementServiceImplBase() {
                  @Override
                  public void version(VersionRequest request, StreamObserver<VersionResponse> who) {
                    asked.add(who);
                  }
                }.bindService()),
            List.of(),
            Duration.ofSeconds(10));
    servers.at(socket).start();
  }

  @AfterEach
  void end() throws Exception {
    for (SocketChannel connection : held) {
      connection.close();
    }
    servers.close();
  }

  @Test
  void theLongestIdleMakesRoom() throws Exception {
    hold(Connections.MAX);
    for (SocketChannel connection : held) {
      await().until(() -> connection.read(ByteBuffer.allocate(1_024)) > 0);
    }
    SocketChannel first = held.getFirst();
    hold(1);
    await().until(() -> !isOpen(first));
    assertThat(held.subList(1, held.size())).allMatch(ConnectionsTest::isOpen);
  }

  @Test
  void whatIsNewGetsInAndWhatIsUnderWayIsNotCutOff() throws Exception {
    try (ExecutorService callers = Executors.newCachedThreadPool();
        KmsClient early = new KmsClient(socket);
        KmsClient late = new KmsClient(socket)) {
      Future<VersionResponse> underWay = callers.submit(early::version);
      StreamObserver<VersionResponse> first = asked();
      hold(4 * Connections.MAX);
      Future<VersionResponse> next = callers.submit(late::version);
      answer(asked());
      assertThat(next.get(3, TimeUnit.SECONDS)).isEqualTo(VERSION);
      answer(first);
      assertThat(underWay.get(3, TimeUnit.SECONDS)).isEqualTo(VERSION);
    }
  }

  @Test
  void anIdleClientWhoseConnectionWasClosedFailsNoCall() throws Exception {
    try (ExecutorService callers = Executors.newCachedThreadPool();
        KmsClient client = new KmsClient(socket)) {
      for (int round = 0; round < 20; round++) {
        Future<VersionResponse> answered = callers.submit(client::version);
        answer(asked());
        assertThat(answered.get(3, TimeUnit.SECONDS)).isEqualTo(VERSION);
        hold(2 * Connections.MAX);
        SocketChannel younger = held.get(held.size() - 2 * Connections.MAX);
        await().until(() -> !isOpen(younger));
      }
    }
  }

  private StreamObserver<VersionResponse> asked() throws InterruptedException {
    return Objects.requireNonNull(asked.poll(5, TimeUnit.SECONDS));
  }

  private static void answer(StreamObserver<VersionResponse> who) {
    who.onNext(VERSION);
    who.onCompleted();
  }

  private void hold(int connections) throws Exception {
    for (int i = 0; i < connections; i++) {
      SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX);
      held.add(connection);
      connection.connect(UnixDomainSocketAddress.of(socket));
      connection.configureBlocking(false);
    }
  }

  private static boolean isOpen(SocketChannel connection) {
    try {
      return connection.read(ByteBuffer.allocate(1_024)) >= 0;
    } catch (IOException closed) {
      return false;
    }
  }
}
