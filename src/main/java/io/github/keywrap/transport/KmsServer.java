package io.github.keywrap.transport;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.OperatorException;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Future;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * grpc-java on a Unix domain socket. Accepts whatever {@code :authority} a client sends:
 * kube-apiserver sends {@code localhost}, a raw or percent-encoded path, or {@code @name}.
 *
 * <p>Handlers run on the event loop, so nothing in them may wait; what can wait runs in the
 * bulkhead of its key. kube-apiserver has one connection, and Status must get through however many
 * calls wait for a back end: a connection may have more calls than can wait.
 *
 * <p>{@link #start}, {@link #drain} and {@link #close} are for one thread; the questions are for
 * any.
 */
public final class KmsServer implements AutoCloseable {
  /** Longest message in bytes; kube-apiserver's own limits add up to less. */
  static final int MAX_MESSAGE = 65_536;

  /** For a client to hear that there will be no more, and for what it sent before that. */
  private static final Duration SETTLING = Duration.ofMillis(300);

  private static final Duration POLL = Duration.ofMillis(10);

  /** Calls of one connection: more than wait for one key. A client keeps the others back. */
  static final int MAX_CALLS = 5_120;

  /** Bytes of requests that are on their way to the handlers: two of the longest messages. */
  private static final int REQUEST_WINDOW = 2 * MAX_MESSAGE;

  /** Bytes of answers that wait for the client; with the upper, its requests are not read. */
  private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(131_072, 262_144);

  /** Names and values, in bytes; kube-apiserver sends some 300. */
  private static final int MAX_HEADERS = 4_096;

  private final SocketClaim claim;
  private final List<ServerServiceDefinition> services;
  private final List<ServerInterceptor> interceptors;
  private final SelfCall selfCall;
  private final CallsInFlight calls = new CallsInFlight();
  private final Duration callTimeout;
  private final EventLoopGroup acceptor = DomainSockets.eventLoops("kms-accept", 1);
  private final EventLoopGroup connections =
      DomainSockets.eventLoops("kms-call", Runtime.getRuntime().availableProcessors());
  private Optional<Server> server = Optional.empty();
  private volatile State state = State.STARTING;

  private enum State {
    STARTING,
    SERVING,
    STOPPING
  }

  /**
   * @param claim closed with this server
   * @param interceptors from the inside out
   * @param callTimeout after which every call is answered
   */
  public KmsServer(
      SocketClaim claim,
      List<ServerServiceDefinition> services,
      List<ServerInterceptor> interceptors,
      Duration callTimeout) {
    this.claim = claim;
    this.selfCall = new SelfCall(claim.path());
    this.services = List.copyOf(services);
    this.interceptors = List.copyOf(interceptors);
    this.callTimeout = callTimeout;
  }

  /**
   * Binds, publishes the socket and serves.
   *
   * @throws OperatorException if the socket was taken meanwhile, or cannot be bound
   */
  public void start() {
    claim.publish(path -> server = Optional.of(build(path).start()));
    state = State.SERVING;
  }

  private Server build(Path path) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(path))
            .channelFactory(() -> DomainSockets.listening(() -> new ConnectionGuard(callTimeout)))
            .withChildOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNREAD)
            .bossEventLoopGroup(acceptor)
            .workerEventLoopGroup(connections)
            .directExecutor()
            .maxInboundMessageSize(MAX_MESSAGE)
            .addStreamTracerFactory(calls)
            .maxInboundMetadataSize(MAX_HEADERS)
            .flowControlWindow(REQUEST_WINDOW)
            .maxConcurrentCallsPerConnection(MAX_CALLS)
            .permitKeepAliveTime(5, SECONDS)
            .permitKeepAliveWithoutCalls(true);
    builder.intercept(new CallBudget());
    interceptors.forEach(builder::intercept);
    services.forEach(builder::addService);
    return builder.build();
  }

  /** Whether clients that look at the socket path find this server. */
  public boolean isServing() {
    return state == State.SERVING && claim.isPublished();
  }

  /** False if the socket should be there and is not: somebody removed or replaced it. */
  public boolean isReachableWhereMeant() {
    return state != State.SERVING || claim.isPublished();
  }

  /**
   * Calls itself over its socket.
   *
   * @return for how long such calls have had no answer; zero if this one has, or is not meant to
   */
  public Duration unanswered() {
    return isServing() ? selfCall.unanswered() : Duration.ZERO;
  }

  /**
   * Takes the socket away, refuses new calls, and waits for those in flight. Clients that have none
   * and do not close their connection, because they are stopped for example, are not waited for.
   *
   * @return how many did not end within {@code grace}; they are cancelled
   */
  public int drain(Duration grace) throws InterruptedException {
    Deadline deadline = Deadline.after(grace);
    state = State.STOPPING;
    claim.withdraw();
    if (server.isEmpty()) {
      return 0;
    }
    Server draining = server.get().shutdown();
    Deadline settled = Deadline.after(SETTLING);
    while (!draining.awaitTermination(POLL.toNanos(), NANOSECONDS)
        && !deadline.isExpired()
        && !settled.isExpired()) {
      settled = calls.count() == 0 ? settled : Deadline.after(SETTLING);
    }
    int cutOff = calls.count();
    boolean _ = draining.shutdownNow().awaitTermination(SETTLING.toNanos(), NANOSECONDS);
    return cutOff;
  }

  @Override
  public void close() {
    server.ifPresent(Server::shutdownNow);
    Future<?> _ = connections.shutdownGracefully(0, 1, SECONDS);
    Future<?> _ = acceptor.shutdownGracefully(0, 1, SECONDS);
    claim.close();
  }
}
