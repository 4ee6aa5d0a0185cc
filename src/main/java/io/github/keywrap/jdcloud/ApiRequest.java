package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A request to JD Cloud's open API, before it is signed. What is signed is what is sent: path and
 * query are percent-encoded once, in the one way that the signature knows (RFC 3986, section 2.3:
 * only unreserved characters stand for themselves, and {@code /} in a path).
 *
 * @param path decoded, from {@code /v1/} on
 * @param query decoded
 * @param body JSON, empty if there is none; may hold a secret, and is wiped by who made it
 * @param answer how long the answer may be
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ApiRequest(
    String method, String path, SortedMap<String, String> query, byte[] body, AnswerSize answer) {
  private static final String UNRESERVED_MARKS = "-._~";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  static ApiRequest get(String path, SortedMap<String, String> query, AnswerSize answer) {
    return new ApiRequest("GET", path, query, new byte[0], answer);
  }

  static ApiRequest post(String path, byte[] body, AnswerSize answer) {
    return new ApiRequest("POST", path, new TreeMap<>(), body, answer);
  }

  /** The same, below a path that the endpoint has. */
  ApiRequest below(String prefix) {
    return prefix.isEmpty() ? this : new ApiRequest(method, prefix + path, query, body, answer);
  }

  String encodedPath() {
    return encode(path, "/");
  }

  /** Empty if there is none. */
  String encodedQuery() {
    return query.entrySet().stream()
        .map(pair -> encode(pair.getKey(), "") + "=" + encode(pair.getValue(), ""))
        .collect(joining("&"));
  }

  private static String encode(String text, String alsoKept) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(UTF_8)) {
      char c = (char) (b & 0xff);
      if (isUnreserved(c) || alsoKept.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HEX.toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  private static boolean isUnreserved(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || UNRESERVED_MARKS.indexOf(c) >= 0;
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
