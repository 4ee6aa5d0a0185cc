package io.github.keywrap.transport;

import static java.util.concurrent.TimeUnit.SECONDS;

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

/**
 * Makes grpc-java servers on Unix domain sockets, with a limit on all that a client can send, leave
 * unread or hold open. They share two kinds of threads and the count of their calls.
 *
 * <p>Handlers run on the event loop, so nothing in them may wait; what can wait runs in the
 * bulkhead of its key. kube-apiserver has one connection, and Status must get through however many
 * calls wait for a back end: a connection may have more calls than can wait.
 */
final class GrpcServers implements AutoCloseable {
  /** Longest message in bytes; kube-apiserver's own limits add up to less. */
  static final int MAX_MESSAGE = 65_536;

  /**
   * Calls of one connection: more than wait for one key, and no more than the {@link CallBudget}
   * lets one have. A client keeps the others back.
   */
  static final int MAX_CALLS = 4_300;

  /** Bytes of requests that are on their way to the handlers: two of the longest messages. */
  private static final int REQUEST_WINDOW = 2 * MAX_MESSAGE;

  /** Bytes of answers that wait for the client; with the upper, its requests are not read. */
  private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(131_072, 262_144);

  /** Names and values, in bytes; kube-apiserver sends some 300. */
  private static final int MAX_HEADERS = 4_096;

  private final List<ServerServiceDefinition> services;
  private final List<ServerInterceptor> interceptors;
  private final Connections connections;
  private final CallsInFlight calls = new CallsInFlight();
  private final EventLoopGroup acceptor = DomainSockets.eventLoops("kms-accept", 1);
  private final EventLoopGroup workers =
      DomainSockets.eventLoops("kms-call", Runtime.getRuntime().availableProcessors());

  /**
   * @param interceptors from the inside out
   */
  GrpcServers(
      List<ServerServiceDefinition> services,
      List<ServerInterceptor> interceptors,
      Duration callTimeout) {
    this.services = List.copyOf(services);
    this.interceptors = List.copyOf(interceptors);
    this.connections = new Connections(callTimeout);
  }

  /** Not started, and not bound. */
  Server at(Path path) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(path))
            .channelFactory(() -> new DomainServerChannel(connections))
            .withChildOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNREAD)
            .bossEventLoopGroup(acceptor)
            .workerEventLoopGroup(workers)
            .directExecutor()
            .maxInboundMessageSize(MAX_MESSAGE)
            .addStreamTracerFactory(calls)
            .maxInboundMetadataSize(MAX_HEADERS)
            .flowControlWindow(REQUEST_WINDOW)
            .maxConcurrentCallsPerConnection(MAX_CALLS)
            .permitKeepAliveTime(5, SECONDS)
            .permitKeepAliveWithoutCalls(true);
    CallBudget budget = new CallBudget();
    builder.intercept(budget).addTransportFilter(budget);
    interceptors.forEach(builder::intercept);
    services.forEach(builder::addService);
    return builder.build();
  }

  /** Calls of all servers that have no answer yet. */
  int callsInFlight() {
    return calls.count();
  }

  @Override
  public void close() {
    Future<?> _ = workers.shutdownGracefully(0, 1, SECONDS);
    Future<?> _ = acceptor.shutdownGracefully(0, 1, SECONDS);
  }
}
