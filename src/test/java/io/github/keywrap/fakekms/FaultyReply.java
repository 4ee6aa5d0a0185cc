package io.github.keywrap.fakekms;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/**
 * Sends a reply, or what a fault makes of it.
 *
 * @param request body of the request
 * @param other makes a sound blob of something that nobody asked for
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FaultyReply(
    ChannelHandlerContext channel,
    Reply reply,
    byte[] request,
    Supplier<byte[]> other,
    Instant now) {
  private static final byte[] HTML = "<html><body>nginx</body></html>".getBytes(UTF_8);
  private static final byte[] LONG_HTML = ("<html>" + "x".repeat(100_000)).getBytes(UTF_8);

  void send(Fault fault) {
    switch (fault) {
      case NONE -> sound();
      case UNAUTHORIZED -> error(401, "UNAUTHENTICATED");
      case FORBIDDEN -> error(403, "HTTP_FORBIDDEN");
      case REPETITION -> error(403, "APIGW_NONCE_CONFLICT");
      case NOT_FOUND -> error(404, "NOT_FOUND");
      case FAILED_PRECONDITION -> error(400, "FAILED_PRECONDITION");
      case RATE_LIMITED -> error(429, "RATE_LIMIT_EXCEEDED");
      case RETRY_LATER -> retryLater();
      case RATE_LIMITED_BY_A_PROXY -> json(429, LONG_HTML);
      case RATE_LIMITED_WITH_200 ->
          json(200, Reply.error(429, "RATE_LIMIT_EXCEEDED", "slowly").bytes());
      case REQUEST_TIMEOUT -> json(408, HTML);
      case QUOTA_EXCEEDED -> error(429, "QUOTA_EXCEEDED");
      case INTERNAL_ERROR -> error(500, "INTERNAL");
      case UNAVAILABLE -> json(503, HTML);
      case FORBIDDEN_BY_A_PROXY -> json(403, HTML);
      case ERROR_WITH_200 -> json(200, Reply.error(403, "HTTP_FORBIDDEN", "no").bytes());
      case ERROR_OF_NO_KIND -> text(200, "{\"requestId\":\"r\",\"error\":{},\"result\":{}}");
      case NO_RESULT -> text(200, "{}");
      case NULL_RESULT -> text(200, "{\"requestId\":\"r\",\"result\":null}");
      case MISSING_FIELD -> text(200, "{\"requestId\":\"r\",\"result\":{}}");
      case EMPTY_FIELD -> field("\"\"");
      case NUMBER_FOR_FIELD -> field("12345678");
      case NOT_BASE64 -> field("\"%%%%\"");
      case UNPADDED_BASE64 -> field("\"AQ\"");
      case FIELD_TWICE -> field("\"AQID\",\"%s\":\"AQID\"".formatted(name()));
      case SOMETHING_AFTER_IT -> json(200, join(reply.bytes(), reply.bytes()));
      case EMPTY_BODY -> json(200, new byte[0]);
      case HTML_WITH_200 -> json(200, HTML);
      case MANY_FIELDS -> beside(manyFields());
      case LONG_FIELD -> beside("\"more\":\"" + "x".repeat(200_000) + "\"");
      case NOT_UNICODE -> json(200, new byte[] {0, 0, 0, '{', -1, -1, -1, -1, 0, 0, 0, '}'});
      case TRUNCATED_JSON -> json(200, Arrays.copyOf(reply.bytes(), reply.bytes().length / 2));
      case TRUNCATED_BODY -> begin(reply.bytes().length, half(), true);
      case GZIP -> gzip();
      case ACCEPTED -> json(202, reply.bytes());
      case REDIRECT -> redirect();
      case NO_CONTENT_TYPE -> write(response(200, reply.bytes(), false));
      case HEADERS_TWICE -> headersTwice();
      case HUGE_HEADERS -> hugeHeaders();
      case HUGE_TRAILERS -> hugeTrailers();
      case ENDLESS_BODY -> endless();
      case SLOW_BODY -> begin(reply.bytes().length, half(), false);
      case NO_ANSWER -> {}
      case DROPPED -> {
        ChannelFuture _ = channel.close();
      }
      case NOT_HTTP -> notHttp();
      case WRONG_BLOB -> field("\"" + base64(random(reply.bytes().length / 2)) + "\"");
      case OTHER_BLOB -> field("\"" + base64(other.get()) + "\"");
      case SENT_BACK -> field("\"" + sent() + "\"");
      case SENT_BACK_IN_BASE64 -> field("\"" + base64(sent().getBytes(UTF_8)) + "\"");
      case ECHO -> json(400, echo());
    }
  }

  private void sound() {
    json(reply.status(), reply.bytes());
  }

  private void error(int code, String status) {
    json(code, Reply.error(code, status, "a fault of the fake").bytes());
  }

  private void retryLater() {
    FullHttpResponse response =
        response(429, Reply.error(429, "RATE_LIMIT_EXCEEDED", "slowly").bytes(), true);
    response.headers().set(HttpHeaderNames.RETRY_AFTER, 1);
    write(response);
  }

  /** The one field of the request; a GET has none. */
  private String sent() {
    try {
      JsonNode sent = Reply.JSON.readTree(request);
      return sent.path("plaintext").asText(sent.path("ciphertextBlob").asText("AQID"));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private byte[] echo() {
    return Reply.error(400, "INVALID_ARGUMENT", new String(request, UTF_8)).bytes();
  }

  /** The name of the field that the reply should have had. */
  private String name() {
    ObjectNode result = (ObjectNode) reply.body().path("result");
    return result.fieldNames().next();
  }

  private void field(String value) {
    text(200, "{\"requestId\":\"r\",\"result\":{\"%s\":%s}}".formatted(name(), value));
  }

  /** The right answer with something more in it. */
  private void beside(String more) {
    String right = new String(reply.bytes(), UTF_8);
    text(200, right.replaceFirst("\\{", "{" + more + ","));
  }

  private static String manyFields() {
    return IntStream.range(0, 20_000)
        .mapToObj(number -> "\"f%05d\":0".formatted(number))
        .collect(Collectors.joining(","));
  }

  private byte[] half() {
    return Arrays.copyOf(reply.bytes(), reply.bytes().length / 2);
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private void text(int status, String body) {
    json(status, body.getBytes(UTF_8));
  }

  private void json(int status, byte[] body) {
    write(response(status, body, true));
  }

  private FullHttpResponse response(int status, byte[] body, boolean hasType) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
    head(response, body.length, hasType);
    return response;
  }

  private void head(HttpResponse response, int length, boolean hasType) {
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
    response
        .headers()
        .set(
            HttpHeaderNames.DATE,
            DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)));
    if (hasType) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    }
  }

  private void headersTwice() {
    FullHttpResponse response = response(200, reply.bytes(), true);
    response.headers().add("Date", response.headers().get(HttpHeaderNames.DATE));
    response.headers().add("X-Gateway", "a");
    response.headers().add("x-gateway", "b");
    write(response);
  }

  private void hugeHeaders() {
    FullHttpResponse response = response(200, reply.bytes(), true);
    addHuge(response.headers());
    write(response);
  }

  private void hugeTrailers() {
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    HttpUtil.setTransferEncodingChunked(response, true);
    LastHttpContent last = new DefaultLastHttpContent(Unpooled.wrappedBuffer(reply.bytes()));
    addHuge(last.trailingHeaders());
    ChannelFuture _ = channel.write(response);
    write(last);
  }

  private static void addHuge(HttpHeaders headers) {
    IntStream.range(0, 99).forEach(number -> headers.add("x-huge-" + number, "x".repeat(8_000)));
  }

  private void write(Object message) {
    ChannelFuture _ = channel.writeAndFlush(message);
  }

  private void begin(int length, byte[] part, boolean andEnd) {
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head(response, length, true);
    ChannelFuture _ = channel.write(response);
    var written = channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(part)));
    if (andEnd) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void gzip() {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(reply.bytes());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    FullHttpResponse response = response(200, zipped.toByteArray(), true);
    response.headers().set(HttpHeaderNames.CONTENT_ENCODING, "gzip");
    write(response);
  }

  private void redirect() {
    FullHttpResponse response = response(302, new byte[0], true);
    response.headers().set(HttpHeaderNames.LOCATION, "/fake/followed");
    write(response);
  }

  private void endless() {
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, "chunked");
    ChannelFuture _ = channel.write(response);
    more();
  }

  private void more() {
    channel
        .writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[65_536])))
        .addListener(
            written -> {
              if (written.isSuccess()) {
                more();
              }
            });
  }

  private void notHttp() {
    channel.pipeline().remove(HttpServerCodec.class);
    write(Unpooled.wrappedBuffer("SSH-2.0-OpenSSH_9.2\r\n".getBytes(ISO_8859_1)));
    ChannelFuture _ = channel.close();
  }
}
