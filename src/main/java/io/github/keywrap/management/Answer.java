package io.github.keywrap.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** One answer; its body is in memory once, however many clients leave it unread. */
public final class Answer {
  private final HttpResponseStatus status;
  private final String contentType;
  private final ByteBuf body;

  private Answer(HttpResponseStatus status, String contentType, String body) {
    this.status = status;
    this.contentType = contentType;
    this.body = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(body.getBytes(UTF_8)));
  }

  /** 200. */
  public static Answer ok(String contentType, String body) {
    return new Answer(HttpResponseStatus.OK, contentType, body);
  }

  /** 503. */
  public static Answer unavailable(String contentType, String body) {
    return new Answer(HttpResponseStatus.SERVICE_UNAVAILABLE, contentType, body);
  }

  static Answer plain(HttpResponseStatus status) {
    return new Answer(status, "text/plain; charset=UTF-8", status.reasonPhrase() + "\n");
  }

  /**
   * The message that carries it, after which the connection is closed.
   *
   * @param withBody false for HEAD
   */
  FullHttpResponse message(boolean withBody) {
    FullHttpResponse message =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, withBody ? body.duplicate() : Unpooled.EMPTY_BUFFER);
    message
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, contentType)
        .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return message;
  }
}
