package io.github.keywrap.transport;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Ends a connection but once. Where its first write has failed, grpc-java closes it again, waits
 * ten seconds for an acknowledgement that cannot come, and keeps what it knows of it: those who
 * open and close many would fill the heap. The last handler of a pipeline.
 */
@Sharable
final class EndedConnection extends ChannelOutboundHandlerAdapter {
  static final EndedConnection HANDLER = new EndedConnection();

  private EndedConnection() {}

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
    if (ctx.channel().isOpen()) {
      super.close(ctx, promise);
    } else {
      ctx.channel().unsafe().close(promise);
    }
  }
}
