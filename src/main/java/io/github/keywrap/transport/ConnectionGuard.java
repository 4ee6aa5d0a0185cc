package io.github.keywrap.transport;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.keywrap.domain.LogBudget;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Watches one connection to the socket. Nothing more is read of it while its client leaves answers
 * unread; it is closed when none was taken for ten seconds, or when a call on it is open for longer
 * than any call can be served.
 */
final class ConnectionGuard extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = System.getLogger(ConnectionGuard.class.getName());
  private static final LogBudget LINES = new LogBudget(Duration.ofSeconds(10));

  /** For a client to take its answers. */
  static final Duration GRACE = Duration.ofSeconds(10);

  private final Channel connection;
  private final long longestCall;
  private volatile long lastRead = System.nanoTime();
  private boolean isWatched;
  private Http2Connection.@Nullable PropertyKey seen;
  private @Nullable ScheduledFuture<?> look;
  private @Nullable Object unread;
  private long unreadProgress;
  private long unreadSince;

  /**
   * @param callTimeout after which every call is answered
   */
  ConnectionGuard(Channel connection, Duration callTimeout) {
    this.connection = connection;
    this.longestCall = callTimeout.plus(GRACE).toNanos();
  }

  /** The first event comes when grpc-java's handlers are there, and before their first write. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (ctx.pipeline().context(EndedConnection.HANDLER) == null) {
      ctx.pipeline().addLast(EndedConnection.HANDLER);
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    lastRead = System.nanoTime();
    watchAnswers();
    if (look == null) {
      look = ctx.executor().schedule(() -> look(ctx), 1, SECONDS);
    }
    super.channelRead(ctx, message);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    super.channelWritabilityChanged(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (look != null) {
      look.cancel(false);
    }
    super.channelInactive(ctx);
  }

  /** When something came from the client, or it connected, by {@link System#nanoTime}. */
  long lastRead() {
    return lastRead;
  }

  /** For any thread: what was true a moment ago. */
  boolean hasCalls() {
    Http2ConnectionHandler handler = http2();
    return handler != null && handler.connection().numActiveStreams() > 0;
  }

  private void watchAnswers() {
    Http2ConnectionHandler handler = isWatched ? null : http2();
    if (handler != null) {
      isWatched = true;
      ChannelHandlerContext ctx = connection.pipeline().context(handler);
      handler.connection().addListener(new EarlyAnswers(handler, ctx));
    }
  }

  private @Nullable Http2ConnectionHandler http2() {
    return connection.pipeline().get(Http2ConnectionHandler.class);
  }

  /** Whether {@link #leave} may be called. */
  boolean canLeave() {
    return connection.isRegistered();
  }

  /**
   * Says to the client that the connection ends, and ends it, whether or not that is read.
   *
   * @param cutsOff whether a call that has come by now does not hold it up
   */
  void leave(boolean cutsOff) {
    connection.eventLoop().execute(() -> new Farewell(connection, this).say(http2(), cutsOff));
  }

  private void look(ChannelHandlerContext ctx) {
    look = null;
    long now = System.nanoTime();
    int open = openCalls(now);
    boolean isUnread = isUnread(ctx, now);
    if (open < 0 || (isUnread && now - unreadSince >= GRACE.toNanos())) {
      close(ctx);
    } else if (open > 0 || isUnread) {
      look = ctx.executor().schedule(() -> look(ctx), 1, SECONDS);
    }
  }

  /** How many calls are open; -1 if one is for too long. */
  private int openCalls(long now) {
    Http2ConnectionHandler handler = http2();
    if (handler == null) {
      return 0;
    }
    Http2Connection http2 = handler.connection();
    Http2Connection.PropertyKey key = seen == null ? http2.newKey() : seen;
    seen = key;
    try {
      boolean isTooLong =
          http2.forEachActiveStream(
                  stream -> {
                    @Nullable Long since = stream.getProperty(key);
                    if (since == null) {
                      Object _ = stream.setProperty(key, now);
                    }
                    return since == null || now - since < longestCall;
                  })
              != null;
      return isTooLong ? -1 : http2.numActiveStreams();
    } catch (Http2Exception e) {
      throw new IllegalStateException("the visitor throws nothing", e);
    }
  }

  /** Whether there are answers that the client has not begun to take since the last look. */
  @SuppressWarnings("ReferenceEquality") // this one, not one like it
  private boolean isUnread(ChannelHandlerContext ctx, long now) {
    ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
    Object first = buffer == null ? null : buffer.current();
    long progress = buffer == null ? 0 : buffer.currentProgress();
    if (first == null || first != unread || progress != unreadProgress) {
      unread = first;
      unreadProgress = progress;
      unreadSince = now;
    }
    return first != null;
  }

  private static void close(ChannelHandlerContext ctx) {
    if (LINES.take()) {
      LOG.log(
          Level.WARNING,
          "a client of the socket does not take its answers, or does not end its requests: its"
              + " connection is closed{0}",
          LINES.leftOut());
    }
    ChannelFuture _ = ctx.close();
  }
}
