package io.github.keywrap.transport;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.protobuf.ByteString;
import io.github.keywrap.transport.v1beta1.VersionRequest;
import io.github.keywrap.transport.v1beta1.VersionResponse;
import io.github.keywrap.transport.v2.StatusRequest;
import io.github.keywrap.transport.v2.StatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A client of a KMS plugin, any plugin, over its socket. */
public final class KmsClient implements AutoCloseable {
  /** Default of {@code timeout} in an EncryptionConfiguration. */
  public static final Duration TIMEOUT = Duration.ofSeconds(3);

  private static final String CHECK_UID = "keywrap-check";

  private final EventLoopGroup eventLoop = DomainSockets.eventLoops("kms-client", 1);
  private final ManagedChannel channel;

  private final Duration timeout;
  private final boolean isPatient;

  /** One whose calls have the deadline that kube-apiserver's have by default. */
  public KmsClient(Path socket) {
    this(socket, TIMEOUT);
  }

  /**
   * @param timeout of each call
   */
  KmsClient(Path socket, Duration timeout) {
    this(socket, timeout, false);
  }

  /** One whose calls wait, for so long at most, also for somebody to listen. */
  public static KmsClient patient(Path socket, Duration timeout) {
    return new KmsClient(socket, timeout, true);
  }

  private KmsClient(Path socket, Duration timeout, boolean isPatient) {
    this.timeout = timeout;
    this.isPatient = isPatient;
    this.channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .overrideAuthority("localhost")
            .channelType(NioDomainSocketChannel.class)
            // Not set, that is: grpc-java sets it for all, and Netty warns of it for this one.
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            .eventLoopGroup(eventLoop)
            .usePlaintext()
            .directExecutor()
            .build();
  }

  /** Whether a socket is there, or a link to one; whether or not anybody listens. */
  public static boolean isSocket(Path path) throws IOException {
    return SocketPath.isSocket(path);
  }

  /** A ciphertext of v2 with the key id that came with it. */
  public record V2Ciphertext(ByteString ciphertext, String keyId) {}

  /** Code and description, if that is how a plugin failed a call of this class. */
  public static Optional<String> refusal(RuntimeException failure) {
    return failure instanceof StatusRuntimeException answered
        ? Optional.of(answered.getStatus().getCode() + ": " + answered.getStatus().getDescription())
        : Optional.empty();
  }

  /**
   * Calls v1 Version.
   *
   * @throws io.grpc.StatusRuntimeException if the plugin cannot be reached or answers an error, as
   *     every method of this class
   */
  public VersionResponse version() {
    return v1().version(VersionRequest.newBuilder().setVersion(KmsV1Service.VERSION).build());
  }

  public ByteString encryptV1(ByteString plaintext) {
    return v1().encrypt(
            io.github.keywrap.transport.v1beta1.EncryptRequest.newBuilder()
                .setVersion(KmsV1Service.VERSION)
                .setPlain(plaintext)
                .build())
        .getCipher();
  }

  public ByteString decryptV1(ByteString ciphertext) {
    return v1().decrypt(
            io.github.keywrap.transport.v1beta1.DecryptRequest.newBuilder()
                .setVersion(KmsV1Service.VERSION)
                .setCipher(ciphertext)
                .build())
        .getPlain();
  }

  public StatusResponse status() {
    return v2().status(StatusRequest.getDefaultInstance());
  }

  public V2Ciphertext encryptV2(ByteString plaintext) {
    io.github.keywrap.transport.v2.EncryptResponse response =
        v2().encrypt(
                io.github.keywrap.transport.v2.EncryptRequest.newBuilder()
                    .setPlaintext(plaintext)
                    .setUid(CHECK_UID)
                    .build());
    return new V2Ciphertext(response.getCiphertext(), response.getKeyId());
  }

  public ByteString decryptV2(V2Ciphertext wrapped) {
    return v2().decrypt(
            io.github.keywrap.transport.v2.DecryptRequest.newBuilder()
                .setCiphertext(wrapped.ciphertext())
                .setKeyId(wrapped.keyId())
                .setUid(CHECK_UID)
                .build())
        .getPlaintext();
  }

  private io.github.keywrap.transport.v1beta1.KeyManagementServiceGrpc
          .KeyManagementServiceBlockingStub
      v1() {
    return configured(
        io.github.keywrap.transport.v1beta1.KeyManagementServiceGrpc.newBlockingStub(channel));
  }

  private io.github.keywrap.transport.v2.KeyManagementServiceGrpc.KeyManagementServiceBlockingStub
      v2() {
    return configured(
        io.github.keywrap.transport.v2.KeyManagementServiceGrpc.newBlockingStub(channel));
  }

  private <S extends AbstractStub<S>> S configured(S stub) {
    S limited = stub.withDeadlineAfter(timeout.toMillis(), MILLISECONDS);
    return isPatient ? limited.withWaitForReady() : limited;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    Future<?> _ = eventLoop.shutdownGracefully(0, 1, SECONDS);
  }
}
