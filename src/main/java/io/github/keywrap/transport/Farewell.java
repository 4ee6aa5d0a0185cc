package io.github.keywrap.transport;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection that has to make room for another: GOAWAY (RFC 9113, 6.8), and then it is
 * gone, whether or not that is read. Not by {@link Channel#close}: grpc-java would wait for an
 * acknowledgement, and keep what it knows of a connection for ten seconds and more after its end,
 * which those who open many could fill the heap with. For the event loop of the connection.
 */
final class Farewell {
  /** For a call that came as the connection was about to end. */
  private static final int SECONDS_FOR_A_LATE_CALL = 3;

  private final Channel connection;
  private final ChannelHandler first;

  /**
   * @param first handler of its pipeline: what is closed from there, no other handler holds up
   */
  Farewell(Channel connection, ChannelHandler first) {
    this.connection = connection;
    this.first = first;
  }

  /**
   * @param handler null if the connection does not speak HTTP/2 yet
   * @param cutsOff whether a call that has come by now does not hold it up
   */
  void say(@Nullable Http2ConnectionHandler handler, boolean cutsOff) {
    if (handler == null) {
      close();
      return;
    }
    goAway(handler);
    if (cutsOff || hasNoCall(handler)) {
      close();
    } else {
      closeAfterTheLastCall(handler);
    }
  }

  private void goAway(Http2ConnectionHandler handler) {
    if (connection.isActive()) {
      ChannelHandlerContext ctx = connection.pipeline().context(handler);
      int last = handler.connection().remote().lastStreamCreated();
      ChannelFuture _ =
          handler.goAway(
              ctx, last, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
      handler.flush(ctx);
    }
  }

  private static boolean hasNoCall(Http2ConnectionHandler handler) {
    return handler.connection().numActiveStreams() == 0;
  }

  private void closeAfterTheLastCall(Http2ConnectionHandler handler) {
    ScheduledFuture<?> latest =
        connection.eventLoop().schedule(this::close, SECONDS_FOR_A_LATE_CALL, SECONDS);
    handler
        .connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamClosed(Http2Stream stream) {
                if (hasNoCall(handler)) {
                  latest.cancel(false);
                  connection.eventLoop().execute(Farewell.this::close);
                }
              }
            });
  }

  private void close() {
    ChannelHandlerContext ctx = connection.pipeline().context(first);
    if (ctx != null) {
      ChannelFuture _ = ctx.close();
    }
  }
}
