package io.github.keywrap.bench;

import com.google.protobuf.ByteString;
import io.github.keywrap.transport.v1beta1.DecryptRequest;
import io.github.keywrap.transport.v1beta1.DecryptResponse;
import io.github.keywrap.transport.v1beta1.EncryptRequest;
import io.github.keywrap.transport.v1beta1.EncryptResponse;
import io.github.keywrap.transport.v1beta1.KeyManagementServiceGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * The floor that {@code make bench} compares with: grpc-java that answers a constant on a domain
 * socket, with nothing of keywrap in it. Arguments: socket, transport (nio or epoll), executor
 * (direct, pool or virtual).
 */
final class FloorServer {
  private static final ByteString PLAINTEXT =
      ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef");
  private static final ByteString CIPHERTEXT = ByteString.copyFrom(new byte[105]);

  private FloorServer() {}

  public static void main(String[] args) throws Exception {
    boolean epoll = args[1].equals("epoll");
    int threads = Runtime.getRuntime().availableProcessors();
    EventLoopGroup group =
        epoll ? new EpollEventLoopGroup(threads) : new NioEventLoopGroup(threads);
    Class<? extends ServerChannel> channel =
        epoll ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
    SocketAddress address =
        epoll ? new DomainSocketAddress(args[0]) : UnixDomainSocketAddress.of(args[0]);
    NettyServerBuilder.forAddress(address)
        .channelType(channel)
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group)
        .executor(executor(args[2]))
        .addService(KeyManagementServiceGrpc.bindService(new V1()))
        .addService(io.github.keywrap.transport.v2.KeyManagementServiceGrpc.bindService(new V2()))
        .build()
        .start()
        .awaitTermination();
  }

  private static Executor executor(String name) {
    return switch (name) {
      case "direct" -> Runnable::run;
      case "pool" -> Executors.newFixedThreadPool(16);
      case "virtual" -> Executors.newVirtualThreadPerTaskExecutor();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static <T> void reply(StreamObserver<T> observer, T response) {
    observer.onNext(response);
    observer.onCompleted();
  }

  private static final class V1 implements KeyManagementServiceGrpc.AsyncService {
    @Override
    public void encrypt(EncryptRequest request, StreamObserver<EncryptResponse> observer) {
      reply(observer, EncryptResponse.newBuilder().setCipher(CIPHERTEXT).build());
    }

    @Override
    public void decrypt(DecryptRequest request, StreamObserver<DecryptResponse> observer) {
      reply(observer, DecryptResponse.newBuilder().setPlain(PLAINTEXT).build());
    }
  }

  private static final class V2
      implements io.github.keywrap.transport.v2.KeyManagementServiceGrpc.AsyncService {
    @Override
    public void encrypt(
        io.github.keywrap.transport.v2.EncryptRequest request,
        StreamObserver<io.github.keywrap.transport.v2.EncryptResponse> observer) {
      reply(
          observer,
          io.github.keywrap.transport.v2.EncryptResponse.newBuilder()
              .setCiphertext(CIPHERTEXT)
              .setKeyId("floor")
              .build());
    }

    @Override
    public void decrypt(
        io.github.keywrap.transport.v2.DecryptRequest request,
        StreamObserver<io.github.keywrap.transport.v2.DecryptResponse> observer) {
      reply(
          observer,
          io.github.keywrap.transport.v2.DecryptResponse.newBuilder()
              .setPlaintext(PLAINTEXT)
              .build());
    }
  }
}
