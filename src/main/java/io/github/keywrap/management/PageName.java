package io.github.keywrap.management;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;

/**
 * Under which a page is asked for.
 *
 * @param isPlainText whether the client names {@code text/plain} among what it accepts
 */
public record PageName(String path, boolean isPlainText) {
  /** What a client gets that does not ask for plain text, or where there is none. */
  public static PageName of(String path) {
    return new PageName(path, false);
  }

  static PageName of(HttpRequest request) {
    int query = request.uri().indexOf('?');
    String path = query < 0 ? request.uri() : request.uri().substring(0, query);
    String accept = request.headers().get(HttpHeaderNames.ACCEPT, "");
    return new PageName(path, accept.contains("text/plain"));
  }
}
