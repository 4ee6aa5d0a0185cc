package io.github.keywrap.transport;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Ends a call that is answered before its request has ended, as one is that was refused: RST_STREAM
 * with NO_ERROR (RFC 9113, 8.1). grpc-java keeps it until the client ends it, which it may never.
 */
final class EarlyAnswers extends Http2ConnectionAdapter {
  private final Http2ConnectionHandler handler;
  private final ChannelHandlerContext ctx;

  EarlyAnswers(Http2ConnectionHandler handler, ChannelHandlerContext ctx) {
    this.handler = handler;
    this.ctx = ctx;
  }

  @Override
  public void onStreamHalfClosed(Http2Stream stream) {
    if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
      ChannelFuture _ =
          handler.resetStream(ctx, stream.id(), Http2Error.NO_ERROR.code(), ctx.newPromise());
    }
  }
}
