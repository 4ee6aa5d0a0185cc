package io.github.keywrap.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.github.keywrap.transport.KmsClient;
import io.github.keywrap.transport.KmsClient.V2Ciphertext;
import io.github.keywrap.transport.v1beta1.DecryptRequest;
import io.github.keywrap.transport.v1beta1.DecryptResponse;
import io.github.keywrap.transport.v1beta1.EncryptRequest;
import io.github.keywrap.transport.v1beta1.EncryptResponse;
import io.github.keywrap.transport.v1beta1.KeyManagementServiceGrpc;
import io.github.keywrap.transport.v1beta1.VersionRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls to the packaged program: good ones, bad ones, very many, and at the wrong moment. */
final class CallsIT {
  private static final ByteString DEK = ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef");

  @TempDir private Path folder;
  private Program program;
  private Process server;
  private KmsClient client;
  private ManagedChannel channel;
  private NioEventLoopGroup eventLoop;

  @BeforeEach
  void serve() throws Exception {
    program = Program.in(folder);
    server = program.serve();
    client = program.client();
    eventLoop = new NioEventLoopGroup(1);
    channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(program.socket()))
            .overrideAuthority("localhost")
            .channelType(NioDomainSocketChannel.class)
            .eventLoopGroup(eventLoop)
            .usePlaintext()
            .build();
  }

  @AfterEach
  void end() throws Exception {
    channel.shutdownNow();
    client.close();
    eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    program.close();
  }

  @Test
  void aBadPlaintextIsRefused() throws Exception {
    for (int length : new int[] {0, 4_096, 50_000}) {
      ByteString plaintext = ByteString.copyFrom(new byte[length]);
      assertFails(Status.Code.INVALID_ARGUMENT, () -> client.encryptV1(plaintext));
      assertFails(Status.Code.INVALID_ARGUMENT, () -> client.encryptV2(plaintext));
    }
    ByteString longest = ByteString.copyFrom(new byte[4_095]);
    assertThat(client.decryptV1(client.encryptV1(longest))).isEqualTo(longest);
    program.assertServes();
  }

  @Test
  void aV2CiphertextThatKubeApiserverWouldRefuseIsRefusedHere() {
    ByteString tooLong = ByteString.copyFrom(new byte[1_000]);
    String message = assertFails(Status.Code.INVALID_ARGUMENT, () -> client.encryptV2(tooLong));
    assertThat(message).contains("1073 bytes", "at most 1024");
    ByteString fits = ByteString.copyFrom(new byte[951]);
    V2Ciphertext wrapped = client.encryptV2(fits);
    assertThat(wrapped.ciphertext().size()).isEqualTo(1_024);
    assertThat(client.decryptV2(wrapped)).isEqualTo(fits);
  }

  @Test
  void anotherRequestVersionIsRefused() {
    var v1 = KeyManagementServiceGrpc.newBlockingStub(channel);
    for (String version : List.of("", "v1", "v2", "v1beta2")) {
      assertFails(
          Status.Code.INVALID_ARGUMENT,
          () -> v1.version(VersionRequest.newBuilder().setVersion(version).build()));
      assertFails(
          Status.Code.INVALID_ARGUMENT,
          () -> v1.encrypt(EncryptRequest.newBuilder().setVersion(version).setPlain(DEK).build()));
      assertFails(
          Status.Code.INVALID_ARGUMENT,
          () -> v1.decrypt(DecryptRequest.newBuilder().setVersion(version).setCipher(DEK).build()));
    }
  }

  @Test
  void anAlteredTruncatedOrForeignCiphertextIsRefused() throws Exception {
    V2Ciphertext wrapped = client.encryptV2(DEK);
    byte[] good = wrapped.ciphertext().toByteArray();
    List<byte[]> bad = new ArrayList<>();
    bad.add(new byte[0]);
    bad.add("not a ciphertext".getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < good.length; i++) {
      byte[] altered = good.clone();
      altered[i] ^= 0x20;
      bad.add(altered);
      bad.add(java.util.Arrays.copyOf(good, i));
    }
    for (byte[] ciphertext : bad) {
      StatusRuntimeException v1 = failure(() -> client.decryptV1(ByteString.copyFrom(ciphertext)));
      assertThat(v1.getStatus().getCode())
          .isIn(Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND);
      StatusRuntimeException v2 =
          failure(
              () ->
                  client.decryptV2(
                      new V2Ciphertext(ByteString.copyFrom(ciphertext), wrapped.keyId())));
      assertThat(v2.getStatus().getCode())
          .isIn(Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND);
    }
    program.assertServes();
  }

  @Test
  void aKeyIdThatIsNotTheCiphertextsOwnIsRefused() {
    V2Ciphertext wrapped = client.encryptV2(DEK);
    for (String keyId : List.of("", "local:00", wrapped.keyId() + ";g=1", wrapped.keyId() + " ")) {
      String message =
          assertFails(
              Status.Code.INVALID_ARGUMENT,
              () -> client.decryptV2(new V2Ciphertext(wrapped.ciphertext(), keyId)));
      assertThat(message).contains("key_id", wrapped.keyId());
    }
  }

  @Test
  void aDecryptWithAnnotationsIsRefused() {
    V2Ciphertext wrapped = client.encryptV2(DEK);
    var v2 = io.github.keywrap.transport.v2.KeyManagementServiceGrpc.newBlockingStub(channel);
    assertFails(
        Status.Code.INVALID_ARGUMENT,
        () ->
            v2.decrypt(
                io.github.keywrap.transport.v2.DecryptRequest.newBuilder()
                    .setCiphertext(wrapped.ciphertext())
                    .setKeyId(wrapped.keyId())
                    .putAllAnnotations(Map.of("a.example.com", DEK))
                    .build()));
  }

  @Test
  void anUnknownKeyIsNamed() throws Exception {
    ByteString wrapped = client.encryptV1(DEK);
    program.terminate(server).succeeded();
    program.set("active", "second").set("keys.first.keystore", "third.jwe");
    program.command("keygen", "--config", program.config().toString(), "--key", "first");
    program.serve();
    try (KmsClient again = program.client()) {
      String message = assertFails(Status.Code.NOT_FOUND, () -> again.decryptV1(wrapped));
      assertThat(message).contains("key id local:", "no key in the settings");
    }
  }

  @Test
  void aMessageOverTheLimitIsRefusedAndOneAtTheLimitIsRead() throws Exception {
    ByteString atLimit = ByteString.copyFrom(new byte[65_536 - "v1beta1".length() - 6]);
    assertFails(Status.Code.INVALID_ARGUMENT, () -> client.decryptV1(atLimit));
    ByteString over = ByteString.copyFrom(new byte[70_000]);
    assertFails(Status.Code.RESOURCE_EXHAUSTED, () -> client.encryptV1(over));
    assertFails(Status.Code.RESOURCE_EXHAUSTED, () -> client.decryptV1(over));
    program.assertServes();
  }

  @Test
  void manyMessagesOverTheLimitAreFewLinesOfTheLog() throws Exception {
    ByteString over = ByteString.copyFrom(new byte[70_000]);
    for (int i = 0; i < 300; i++) {
      assertFails(Status.Code.RESOURCE_EXHAUSTED, () -> client.decryptV1(over));
    }
    assertThat(program.log(server).lines()).hasSizeLessThan(20);
  }

  @Test
  void garbageOnTheSocketHarmsNobody() throws Exception {
    byte[] noise = new byte[100_000];
    new Random(1).nextBytes(noise);
    for (byte[] garbage :
        List.of(
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage".getBytes(StandardCharsets.US_ASCII),
            noise)) {
      try (SocketChannel raw = connect()) {
        ByteBuffer rest = ByteBuffer.wrap(garbage);
        while (rest.hasRemaining()) {
          raw.write(rest);
        }
      } catch (java.io.IOException closedByTheServer) {
        assertThat(server.isAlive()).isTrue();
      }
    }
    assertFails(Status.Code.INVALID_ARGUMENT, () -> client.decryptV1(DEK));
    program.assertServes();
  }

  @Test
  void fiveHundredIdleConnectionsDoNotDisturb() throws Exception {
    List<SocketChannel> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 500; i++) {
        idle.add(connect());
      }
      program.assertServes();
    } finally {
      for (SocketChannel connection : idle) {
        connection.close();
      }
    }
  }

  @Test
  void sixtyFourCallersGetTheirOwnAnswers() throws Exception {
    try (ExecutorService callers = Executors.newFixedThreadPool(64)) {
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < 6_400; i++) {
        ByteString plaintext = ByteString.copyFromUtf8("secret number " + i);
        answers.add(
            callers.submit(() -> client.decryptV1(client.encryptV1(plaintext)).equals(plaintext)));
      }
      for (Future<Boolean> answer : answers) {
        assertThat(answer.get()).isTrue();
      }
    }
  }

  @Test
  void tenThousandDecryptsAtOnceAreAllAnswered() throws Exception {
    assertAllDecryptsAreAnswered(10_000);
  }

  private void assertAllDecryptsAreAnswered(int calls) throws Exception {
    DecryptRequest request =
        DecryptRequest.newBuilder().setVersion("v1beta1").setCipher(client.encryptV1(DEK)).build();
    var stub = KeyManagementServiceGrpc.newStub(channel);
    AtomicInteger good = new AtomicInteger();
    List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    CountDownLatch open = new CountDownLatch(calls);
    for (int i = 0; i < calls; i++) {
      stub.decrypt(
          request,
          new StreamObserver<>() {
            @Override
            public void onNext(DecryptResponse response) {
              good.addAndGet(response.getPlain().equals(DEK) ? 1 : 0);
            }

            @Override
            public void onError(Throwable failure) {
              failures.add(failure);
              open.countDown();
            }

            @Override
            public void onCompleted() {
              open.countDown();
            }
          });
    }
    assertThat(open.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(failures).isEmpty();
    assertThat(good).hasValue(calls);
  }

  @Test
  void cancelledCallsHarmNobody() throws Exception {
    EncryptRequest request =
        EncryptRequest.newBuilder().setVersion("v1beta1").setPlain(DEK).build();
    for (int i = 0; i < 1_000; i++) {
      ClientCall<EncryptRequest, EncryptResponse> call =
          channel.newCall(KeyManagementServiceGrpc.getEncryptMethod(), CallOptions.DEFAULT);
      call.start(new ClientCall.Listener<>() {}, new Metadata());
      call.sendMessage(request);
      call.halfClose();
      call.cancel("never mind", null);
    }
    program.assertServes();
    assertThat(program.log(server)).doesNotContain("defect");
  }

  /** The headers of both calls are at the server before the signal, the bodies follow after it. */
  @Test
  void callsInFlightAtSigtermAreAnswered() throws Exception {
    CompletableFuture<EncryptResponse> first = new CompletableFuture<>();
    CompletableFuture<EncryptResponse> second = new CompletableFuture<>();
    List<ClientCall<EncryptRequest, EncryptResponse>> calls = List.of(begin(first), begin(second));
    var stub = KeyManagementServiceGrpc.newBlockingStub(channel);
    assertThat(stub.version(VersionRequest.newBuilder().setVersion("v1beta1").build())).isNotNull();

    server.destroy();
    await().until(() -> program.log(server).contains("stopping"));
    assertThat(program.socket()).doesNotExist();
    for (ClientCall<EncryptRequest, EncryptResponse> call : calls) {
      call.sendMessage(EncryptRequest.newBuilder().setVersion("v1beta1").setPlain(DEK).build());
      call.halfClose();
    }

    assertThat(first.get(10, TimeUnit.SECONDS).getCipher().isEmpty()).isFalse();
    assertThat(second.get(10, TimeUnit.SECONDS).getCipher().isEmpty()).isFalse();
    assertThat(program.result(server).exitCode()).isZero();
  }

  @Test
  void aCallThatNeverEndsCannotHoldTheExitPastTheGraceTime() throws Exception {
    program.terminate(server).succeeded();
    server = program.set("shutdown-grace", "300ms").serve();
    CompletableFuture<EncryptResponse> never = new CompletableFuture<>();
    ClientCall<EncryptRequest, EncryptResponse> _ = begin(never);
    var stub = KeyManagementServiceGrpc.newBlockingStub(channel).withWaitForReady();
    assertThat(stub.version(VersionRequest.newBuilder().setVersion("v1beta1").build())).isNotNull();
    Program.Result end = program.terminate(server);
    assertThat(end.exitCode()).isEqualTo(4);
    assertThat(end.err()).contains("calls were cut off", "shutdown-grace: 1");
  }

  @Test
  void aClientThatIsStoppedAndHasNoCallIsNotWaitedFor() throws Exception {
    try (SocketChannel stopped = connect()) {
      stopped.write(
          ByteBuffer.wrap(
              "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
                  .getBytes(StandardCharsets.US_ASCII)));
      program.assertServes();
      long start = System.nanoTime();
      Program.Result end = program.terminate(server).succeeded();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(end.err()).doesNotContain("cut off");
    }
  }

  /** Where the tests were started with nohup(1), it is ignored already, and nothing is said. */
  @Test
  void sighupDoesNotEndIt() throws Exception {
    String ignored =
        Files.readString(Path.of("/proc/self/status"))
            .replaceAll("(?s).*SigIgn:\\s*(\\w+).*", "$1");
    boolean isSaid = (Long.parseUnsignedLong(ignored, 16) & 1) == 0;
    assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(server.pid())).start().waitFor())
        .isZero();
    if (isSaid) {
      await().until(() -> program.log(server).contains("SIGHUP is ignored") || !server.isAlive());
    }
    program.assertServes();
  }

  /** A unary call, described as a stream so that its headers are sent at once. */
  private ClientCall<EncryptRequest, EncryptResponse> begin(
      CompletableFuture<EncryptResponse> response) {
    MethodDescriptor<EncryptRequest, EncryptResponse> method =
        KeyManagementServiceGrpc.getEncryptMethod().toBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .build();
    ClientCall<EncryptRequest, EncryptResponse> call =
        channel.newCall(method, CallOptions.DEFAULT.withWaitForReady());
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(EncryptResponse message) {
            response.complete(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            response.completeExceptionally(status.asException());
          }
        },
        new Metadata());
    call.request(1);
    return call;
  }

  private SocketChannel connect() throws java.io.IOException {
    SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX);
    connection.connect(UnixDomainSocketAddress.of(program.socket()));
    return connection;
  }

  private static StatusRuntimeException failure(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call);
  }

  private static String assertFails(
      Status.Code code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    StatusRuntimeException failure = failure(call);
    assertThat(failure).isNotNull();
    assertThat(failure.getStatus().getCode()).as(failure.getMessage()).isEqualTo(code);
    assertThat(failure.getStatus().getDescription()).isNotBlank();
    return String.valueOf(failure.getStatus().getDescription());
  }
}
