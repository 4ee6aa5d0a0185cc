package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.ZoneOffset.UTC;

import io.github.keywrap.settings.SigningSettings;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Signs requests to JD Cloud: {@code JDCLOUD2-HMAC-SHA256}, or what {@link SigningSettings} say
 * instead. A pure function of request, credentials, time and nonce. Source: the signature page of
 * JD Cloud's open API, and the vendor's signer ({@code com.jdcloud.sdk:core}), which the tests
 * compare with.
 *
 * @param service that is called, for example {@code kms}
 * @param host as it stands in the Host header: with the port, unless it is the scheme's own
 */
record RequestSigner(SigningSettings settings, String service, String host) {
  static final String DATE = "x-jdcloud-date";
  static final String NONCE = "x-jdcloud-nonce";
  static final String TOKEN = "x-jdcloud-security-token";
  static final String AUTHORIZATION = "authorization";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(UTC);
  private static final int DATE_LENGTH = "yyyyMMdd".length();

  /**
   * All headers to send, the signature among them, by lower-case name.
   *
   * @param nonce never used before
   */
  SortedMap<String, String> sign(
      ApiRequest request, Credentials credentials, Instant time, String nonce) {
    SortedMap<String, String> headers = new TreeMap<>();
    headers.put("content-type", "application/json");
    headers.put("host", host);
    headers.put(DATE, TIME.format(time));
    headers.put(NONCE, nonce);
    credentials
        .sessionToken()
        .ifPresent(
            token -> headers.put(TOKEN, Base64.getEncoder().encodeToString(token.getBytes(UTF_8))));
    headers.put(AUTHORIZATION, authorization(request, headers, credentials));
    return headers;
  }

  /**
   * The value of the Authorization header.
   *
   * @param headers that are signed, by lower-case name, {@value #DATE} among them; values have no
   *     space around them
   */
  String authorization(
      ApiRequest request, SortedMap<String, String> headers, Credentials credentials) {
    String time = headers.getOrDefault(DATE, "");
    String date = time.substring(0, DATE_LENGTH);
    String scope =
        String.join("/", date, settings.region(), service, settings.scheme().terminator());
    String signed = String.join(";", headers.keySet());
    String toSign =
        String.join(
            "\n",
            settings.scheme().algorithm(),
            time,
            scope,
            Hashes.sha256Hex(canonical(request, headers, signed).getBytes(UTF_8)));
    byte[] key = credentials.signingKey(settings.scheme(), date, settings.region(), service);
    return settings.scheme().algorithm()
        + (" Credential=" + credentials.accessKey() + "/" + scope)
        + (", SignedHeaders=" + signed)
        + (", Signature=" + Hashes.hmacHex(key, toSign));
  }

  private static String canonical(
      ApiRequest request, SortedMap<String, String> headers, String signed) {
    StringBuilder canonical =
        new StringBuilder()
            .append(request.method())
            .append('\n')
            .append(request.encodedPath())
            .append('\n')
            .append(request.encodedQuery())
            .append('\n');
    for (Map.Entry<String, String> header : headers.entrySet()) {
      canonical.append(header.getKey()).append(':').append(header.getValue()).append('\n');
    }
    return canonical
        .append('\n')
        .append(signed)
        .append('\n')
        .append(Hashes.sha256Hex(request.body()))
        .toString();
  }
}
