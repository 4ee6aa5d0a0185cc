package io.github.keywrap.fakekms;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URLDecoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies request signatures as strictly as the documents let a gateway do it, from the bytes that
 * were received. Written apart from keywrap's own signer, from the documents; the vendor's signer
 * and published vectors are what it is held to.
 */
final class SignatureCheck {
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "(?<algorithm>JDCLOUD([23])-HMAC-SHA256) Credential=(?<ak>[^/\\s,]+)/(?<date>[0-9]{8})/"
              + "(?<region>[A-Za-z0-9-]+)/(?<service>[a-z0-9]+)/jdcloud\\2_request,"
              + " SignedHeaders=(?<headers>[a-z0-9_-]+(;[a-z0-9_-]+)*),"
              + " Signature=(?<signature>[0-9a-f]{64})");
  private static final String UNRESERVED_MARKS = "-._~";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");
  private static final String TOKEN = "x-jdcloud-security-token";

  /** Not documented; an assumption. */
  private static final Duration TOLERANCE = Duration.ofMinutes(15);

  private final Map<String, FakeAccount> accounts;
  private final Nonces nonces = new Nonces();
  private final AtomicInteger conflicts = new AtomicInteger();

  SignatureCheck(Map<String, FakeAccount> accounts) {
    this.accounts = accounts;
  }

  int nonceConflicts() {
    return conflicts.get();
  }

  /** Who signed the request; a {@link Refusal} if nobody did. */
  FakeAccount verify(FullHttpRequest request, byte[] body, String service, Instant now) {
    Matcher parts = AUTHORIZATION.matcher(header(request, "authorization"));
    if (!parts.matches()) {
      throw unauthenticated("APIGW_LACK_PARAMS", "no Authorization that could be read");
    }
    String time = header(request, "x-jdcloud-date");
    String nonce = header(request, "x-jdcloud-nonce");
    requireTime(time, parts.group("date"), now);
    List<String> signed = List.of(parts.group("headers").split(";"));
    requireSigned(request, signed);
    if (!parts.group("service").equals(service)) {
      throw unauthenticated("APIGW_SIGN_RESULT_NOT_SAME", "the scope is of another service");
    }
    FakeAccount account = accounts.get(parts.group("ak"));
    if (account == null) {
      throw unauthenticated("APIGW_KEY_NOT_EXITST", "unknown access key");
    }
    if (account.isDisabled) {
      throw unauthenticated("APIGW_KEY_DISABLED", "access key disabled");
    }
    String expected = signature(request, body, parts, signed, time, account.secretKey);
    if (!MessageDigest.isEqual(
        expected.getBytes(UTF_8), parts.group("signature").getBytes(UTF_8))) {
      account.refused.incrementAndGet();
      throw unauthenticated("APIGW_SIGN_RESULT_NOT_SAME", "the signature is wrong");
    }
    requireToken(request, account);
    if (!nonces.add(nonce)) {
      conflicts.incrementAndGet();
      throw new Refusal(403, "APIGW_NONCE_CONFLICT", "the nonce was used before");
    }
    account.accepted.incrementAndGet();
    return account;
  }

  private static void requireTime(String time, String scopeDate, Instant now) {
    try {
      Instant sent = LocalDateTime.parse(time, TIME).toInstant(ZoneOffset.UTC);
      if (!time.startsWith(scopeDate)) {
        throw unauthenticated("APIGW_SIGN_RESULT_NOT_SAME", "the scope is of another day");
      }
      if (Duration.between(sent, now).abs().compareTo(TOLERANCE) > 0) {
        throw unauthenticated("UNAUTHENTICATED", "the request is too old or too new");
      }
    } catch (DateTimeParseException e) {
      throw unauthenticated("APIGW_ILLEGAL_HEADER", "x-jdcloud-date is no time");
    }
  }

  private static void requireSigned(FullHttpRequest request, List<String> signed) {
    if (!List.copyOf(new TreeSet<>(signed)).equals(signed)) {
      throw unauthenticated("APIGW_ILLEGAL_HEADER", "signed headers are not sorted and unique");
    }
    List<String> needed = new ArrayList<>(List.of("host", "x-jdcloud-date", "x-jdcloud-nonce"));
    if (request.headers().contains(TOKEN)) {
      needed.add(TOKEN);
    }
    if (!signed.containsAll(needed)) {
      throw unauthenticated("APIGW_LACK_PARAMS", "not signed: one of " + needed);
    }
    for (String name : signed) {
      if (request.headers().getAll(name).size() != 1) {
        throw unauthenticated("APIGW_ILLEGAL_HEADER", name + " is not there once");
      }
    }
  }

  private static void requireToken(FullHttpRequest request, FakeAccount account) {
    String token = account.sessionToken;
    String sent = request.headers().get(TOKEN);
    String expected =
        token == null ? null : Base64.getEncoder().encodeToString(token.getBytes(UTF_8));
    if (expected == null ? sent != null : !expected.equals(sent)) {
      throw unauthenticated("UNAUTHENTICATED", "the session token is missing or wrong");
    }
  }

  private static String signature(
      FullHttpRequest request,
      byte[] body,
      Matcher parts,
      List<String> signed,
      String time,
      String secretKey) {
    String bodyHash = hex(sha256(body));
    String claimed = request.headers().get("x-jdcloud-content-sha256");
    if (claimed != null && !claimed.equals(bodyHash)) {
      throw unauthenticated("APIGW_SIGN_RESULT_NOT_SAME", "the body is not what its hash says");
    }
    StringBuilder canonical = new StringBuilder(request.method().name()).append('\n');
    String rawPath = new QueryStringDecoder(request.uri()).rawPath();
    canonical.append(encode(URLDecoder.decode(rawPath.replace("+", "%2B"), UTF_8), true));
    canonical.append('\n').append(canonicalQuery(request.uri())).append('\n');
    for (String name : signed) {
      canonical.append(name).append(':').append(header(request, name).strip()).append('\n');
    }
    canonical.append('\n').append(parts.group("headers")).append('\n').append(bodyHash);
    String version = "JDCLOUD" + parts.group(2);
    String terminator = "jdcloud" + parts.group(2) + "_request";
    String scope =
        "%s/%s/%s/%s"
            .formatted(
                parts.group("date"), parts.group("region"), parts.group("service"), terminator);
    String toSign =
        parts.group("algorithm")
            + "\n"
            + time
            + "\n"
            + scope
            + "\n"
            + hex(sha256(canonical.toString().getBytes(UTF_8)));
    byte[] key = hmac((version + secretKey).getBytes(UTF_8), parts.group("date"));
    key = hmac(key, parts.group("region"));
    key = hmac(key, parts.group("service"));
    key = hmac(key, terminator);
    return hex(hmac(key, toSign));
  }

  private static String canonicalQuery(String uri) {
    List<String> pairs = new ArrayList<>();
    new QueryStringDecoder(uri)
        .parameters()
        .forEach(
            (name, values) ->
                values.forEach(v -> pairs.add(encode(name, false) + "=" + encode(v, false))));
    pairs.sort(null);
    return String.join("&", pairs);
  }

  private static String encode(String text, boolean isPath) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(UTF_8)) {
      int c = b & 0xff;
      boolean isKept =
          c >= 'A' && c <= 'Z'
              || c >= 'a' && c <= 'z'
              || c >= '0' && c <= '9'
              || UNRESERVED_MARKS.indexOf(c) >= 0
              || isPath && c == '/';
      encoded.append(isKept ? Character.toString(c) : "%%%02X".formatted(c));
    }
    return encoded.toString();
  }

  private static String header(FullHttpRequest request, String name) {
    String value = request.headers().get(name);
    if (value == null) {
      throw unauthenticated("APIGW_LACK_PARAMS", name + " is missing");
    }
    return value;
  }

  private static Refusal unauthenticated(String status, String message) {
    return new Refusal(401, status, message);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static byte[] hmac(byte[] key, String data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data.getBytes(UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
