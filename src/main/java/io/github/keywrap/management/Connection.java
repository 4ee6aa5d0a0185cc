package io.github.keywrap.management;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One connection: one request is read, one answer is written, and that is its end. */
final class Connection extends SimpleChannelInboundHandler<HttpObject> {
  private final Connections connections;
  private final Map<PageName, SharedPage> pages;
  private final long openedAt = System.nanoTime();
  private @Nullable ChannelHandlerContext context;
  private @Nullable SharedPage page;
  private boolean hasAsked;
  private boolean wantsBody = true;

  Connection(Connections connections, Map<PageName, SharedPage> pages) {
    this.connections = connections;
    this.pages = pages;
  }

  long openedAt() {
    return openedAt;
  }

  boolean hasAsked() {
    return hasAsked;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    connections.add(this);
  }

  /** What comes after the request, a body or another request, is not looked at. */
  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (!hasAsked && message instanceof HttpRequest request) {
      hasAsked = true;
      ctx.channel().config().setAutoRead(false);
      ask(request);
    }
  }

  private void ask(HttpRequest request) {
    wantsBody = !request.method().equals(HttpMethod.HEAD);
    if (request.decoderResult().isFailure()) {
      answer(Answer.plain(HttpResponseStatus.BAD_REQUEST));
    } else if (wantsBody && !request.method().equals(HttpMethod.GET)) {
      answer(Answer.plain(HttpResponseStatus.METHOD_NOT_ALLOWED));
    } else {
      PageName name = PageName.of(request);
      page = pages.getOrDefault(name, pages.get(PageName.of(name.path())));
      if (page == null) {
        answer(Answer.plain(HttpResponseStatus.NOT_FOUND));
      } else {
        page.ask(this);
      }
    }
  }

  void answer(Answer answer) {
    context().writeAndFlush(answer.message(wantsBody)).addListener(ChannelFutureListener.CLOSE);
  }

  void close() {
    ChannelFuture _ = context().close();
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connections.remove(this);
    if (page != null) {
      page.forget(this);
    }
  }

  /** A client that goes away is nothing to tell. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ChannelFuture _ = ctx.close();
  }
}
