package io.github.keywrap.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.function.Supplier;

/**
 * The one transport: the JDK's own Unix domain sockets, which need no native library and work the
 * same in a native executable.
 */
final class DomainSockets {
  private DomainSockets() {}

  /**
   * A channel that listens.
   *
   * @param guard a new handler for each connection, before all others
   */
  static ServerChannel listening(Supplier<ChannelHandler> guard) {
    NioServerDomainSocketChannel channel = new NioServerDomainSocketChannel();
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object accepted) {
                ((Channel) accepted).pipeline().addFirst(guard.get());
                ctx.fireChannelRead(accepted);
              }
            });
    return channel;
  }

  static EventLoopGroup eventLoops(String name, int threads) {
    return new NioEventLoopGroup(threads, new DefaultThreadFactory(name, true));
  }
}
