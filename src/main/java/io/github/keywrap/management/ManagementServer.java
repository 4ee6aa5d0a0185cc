package io.github.keywrap.management;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static java.util.stream.Collectors.toMap;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves pages by HTTP/1.1, to whoever can reach the address: a thread of its own, a fixed number
 * of connections that live for seconds, one request on each, small buffers on the heap that are
 * shared with nobody.
 */
public final class ManagementServer implements AutoCloseable {
  private static final int LONGEST_LINE = 1_024;
  private static final int LONGEST_HEADERS = 8_192;

  /** Bytes, for each connection: what is read of it at once. */
  private static final int BUFFER = 1_024;

  private static final int SWEEP_MILLIS = 500;

  private final NioEventLoopGroup group =
      new NioEventLoopGroup(1, new DefaultThreadFactory("management", true));
  private final ExecutorService workers =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().name("management-page-", 0).daemon().factory());

  private ManagementServer() {}

  /**
   * Binds and serves until it is closed.
   *
   * @throws IOException if the address cannot be bound
   */
  public static ManagementServer start(InetSocketAddress address, Map<PageName, Page> pages)
      throws IOException {
    ManagementServer server = new ManagementServer();
    try {
      server.bind(address, pages);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void bind(InetSocketAddress address, Map<PageName, Page> pages) throws IOException {
    EventLoop eventLoop = group.next();
    Connections connections = new Connections();
    Map<PageName, SharedPage> shared =
        pages.entrySet().stream()
            .collect(
                toMap(
                    Map.Entry::getKey,
                    page -> new SharedPage(page.getValue(), workers, eventLoop)));
    ChannelFuture bound = bootstrap(connections, shared).bind(address).awaitUninterruptibly();
    if (bound.cause() instanceof IOException refused) {
      throw refused;
    }
    bound.syncUninterruptibly();
    Future<?> _ =
        eventLoop.scheduleWithFixedDelay(
            connections::sweep, SWEEP_MILLIS, SWEEP_MILLIS, MILLISECONDS);
  }

  private ServerBootstrap bootstrap(Connections connections, Map<PageName, SharedPage> pages) {
    UnpooledByteBufAllocator onHeap = new UnpooledByteBufAllocator(false, true);
    return new ServerBootstrap()
        .group(group)
        .channelFactory(NioServerSocketChannel::new)
        .option(ChannelOption.SO_BACKLOG, Connections.MAX)
        .option(ChannelOption.ALLOCATOR, onHeap)
        .childOption(ChannelOption.ALLOCATOR, onHeap)
        .childOption(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(BUFFER))
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(decoder(), new HttpResponseEncoder())
                    .addLast(new Connection(connections, pages));
              }
            });
  }

  private static HttpRequestDecoder decoder() {
    return new HttpRequestDecoder(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(LONGEST_LINE)
            .setMaxHeaderSize(LONGEST_HEADERS)
            .setMaxChunkSize(BUFFER));
  }

  @Override
  public void close() {
    Future<?> _ = group.shutdownGracefully(0, 1, SECONDS);
    workers.shutdownNow();
  }
}
