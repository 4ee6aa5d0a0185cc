package io.github.keywrap.fakekms;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The operations of the KMS and of STS, on what the fake holds. */
final class OpenApi {
  /** Also below a path, as a gateway of the customer's own may have it. */
  private static final Pattern PATH =
      Pattern.compile("(/gateway/kms)?/v1/key/(?<id>[^/:]+)(:(?<action>[A-Za-z]+))?");

  private static final String ASSUME_ROLE = "/v1/sessionToken:assumeRole";
  private static final int PLAINTEXT_LIMIT = 4_096;
  private static final int MIN_PAGE = 10;
  private static final int MAX_PAGE = 100;
  private static final int HOUR = 3_600;

  private final Map<String, FakeKey> keys;
  private final Function<FakeAccount, FakeAccount> assume;

  /**
   * @param assume makes temporary credentials
   */
  OpenApi(Map<String, FakeKey> keys, Function<FakeAccount, FakeAccount> assume) {
    this.keys = keys;
    this.assume = assume;
  }

  /** What is asked for; a {@link Refusal} if it is nothing that there is. */
  static Operation operation(FullHttpRequest request) {
    String path = new QueryStringDecoder(request.uri()).path();
    if (path.equals(ASSUME_ROLE) && request.method().equals(HttpMethod.POST)) {
      return Operation.ASSUME_ROLE;
    }
    Matcher parts = PATH.matcher(path);
    if (!parts.matches()) {
      throw notFound();
    }
    String action = parts.group("action") == null ? "" : parts.group("action");
    return switch (request.method().name() + " " + action) {
      case "POST Encrypt" -> Operation.ENCRYPT;
      case "POST Decrypt" -> Operation.DECRYPT;
      case "GET " -> Operation.DESCRIBE_KEY;
      case "GET describeKeyDetail" -> Operation.DESCRIBE_KEY_DETAIL;
      default -> throw notFound();
    };
  }

  private static Refusal notFound() {
    return new Refusal(404, "APIGW_SERVICE_NOT_FOUND", "no such operation");
  }

  Reply answer(Operation operation, FullHttpRequest request, byte[] body, FakeAccount account) {
    if (!account.may(operation)) {
      throw new Refusal(403, "HTTP_FORBIDDEN", "the account may not do this");
    }
    if (request.method().equals(HttpMethod.POST)
        && !"application/json".equals(request.headers().get("content-type"))) {
      throw new Refusal(400, "ARGUMENT_WRONG_FORMAT", "Content-Type is not application/json");
    }
    if (operation == Operation.ASSUME_ROLE) {
      return assumeRole(json(body), account);
    }
    FakeKey key = key(request);
    return switch (operation) {
      case ENCRYPT -> encrypt(key, json(body));
      case DECRYPT -> decrypt(key, json(body));
      case DESCRIBE_KEY -> describe(key);
      case DESCRIBE_KEY_DETAIL -> detail(key, new QueryStringDecoder(request.uri()).parameters());
      case ASSUME_ROLE -> throw notFound();
    };
  }

  private FakeKey key(FullHttpRequest request) {
    Matcher parts = PATH.matcher(new QueryStringDecoder(request.uri()).path());
    FakeKey key = parts.matches() ? keys.get(parts.group("id")) : null;
    if (key == null) {
      throw new Refusal(404, "NOT_FOUND", "no such key");
    }
    return key;
  }

  private static Reply encrypt(FakeKey key, JsonNode body) {
    byte[] plaintext = base64(body, "plaintext");
    if (plaintext.length >= PLAINTEXT_LIMIT) {
      throw new Refusal(400, "OUT_OF_RANGE", "the plaintext is 4 KiB or more");
    }
    requireUsable(key.isUsable());
    return field("ciphertextBlob", key.encrypt(plaintext));
  }

  private static Reply decrypt(FakeKey key, JsonNode body) {
    byte[] blob = base64(body, "ciphertextBlob");
    requireUsable(key.status() == FakeKey.ENABLED);
    return key.decrypt(blob)
        .map(plaintext -> field("plaintext", plaintext))
        .orElseThrow(() -> new Refusal(400, "INVALID_ARGUMENT", "the blob does not open"));
  }

  private static void requireUsable(boolean isUsable) {
    if (!isUsable) {
      throw new Refusal(400, "FAILED_PRECONDITION", "the key is not enabled");
    }
  }

  private static Reply describe(FakeKey key) {
    ObjectNode result = Reply.JSON.createObjectNode();
    result
        .putObject("keyInfo")
        .put("keyId", key.id())
        .put("keyName", "of the fake")
        .put("keyStatus", key.status())
        .put("rotationCycle", 0);
    return Reply.result(result);
  }

  private static Reply detail(FakeKey key, Map<String, List<String>> query) {
    int page = number(query, "pageNumber", 1, 1, Integer.MAX_VALUE);
    int size = number(query, "pageSize", MIN_PAGE, MIN_PAGE, MAX_PAGE);
    List<FakeVersion> all = key.listed();
    ObjectNode result = Reply.JSON.createObjectNode();
    ObjectNode detail = result.putObject("keyDetail");
    detail.put("keyId", key.id()).put("keyVersionCount", all.size());
    ArrayNode list = detail.putArray("keyVersionList");
    all.stream()
        .skip((long) (page - 1) * size)
        .limit(size)
        .forEach(
            version ->
                list.addObject()
                    .put("keyVersion", version.name)
                    .put("createTime", version.created.toString())
                    .put("keyStatus", version.status));
    return Reply.result(result);
  }

  private static int number(
      Map<String, List<String>> query, String name, int otherwise, int least, int most) {
    List<String> given = query.getOrDefault(name, List.of(Integer.toString(otherwise)));
    try {
      int number = Integer.parseInt(given.getFirst());
      if (given.size() == 1 && number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new Refusal(400, "ARGUMENT_WRONG_FORMAT", name + " is no number");
    }
    throw new Refusal(400, "OUT_OF_RANGE", name + " is out of range");
  }

  private Reply assumeRole(JsonNode body, FakeAccount account) {
    JsonNode info = body.path("assumeRoleInfo");
    if (!info.path("roleJrn").asText("").startsWith("jrn:iam::")
        || info.path("roleSessionName").asText("").isEmpty()
        || info.path("durationSeconds").asInt(HOUR) < HOUR) {
      throw new Refusal(400, "INVALID_ARGUMENT", "assumeRoleInfo is not complete");
    }
    FakeAccount temporary = assume.apply(account);
    ObjectNode result = Reply.JSON.createObjectNode();
    result
        .putObject("credentials")
        .put("accessKey", temporary.accessKey)
        .put("secretKey", temporary.secretKey)
        .put("sessionToken", temporary.sessionToken)
        .put("expiration", Instant.now().plus(1, ChronoUnit.HOURS).toString());
    return Reply.result(result);
  }

  private static JsonNode json(byte[] body) {
    try {
      JsonNode json = Reply.JSON.readTree(body);
      if (json != null && json.isObject()) {
        return json;
      }
    } catch (JacksonException noJson) {
      throw new Refusal(400, "ARGUMENT_WRONG_FORMAT", "the body is no JSON");
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    throw new Refusal(400, "ARGUMENT_WRONG_FORMAT", "the body is no JSON object");
  }

  private static byte[] base64(JsonNode body, String field) {
    String text = body.path(field).asText("");
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (bytes.length > 0 && Base64.getEncoder().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, "ARGUMENT_WRONG_FORMAT", field + " is not base64");
    }
    throw new Refusal(400, "ARGUMENT_WRONG_FORMAT", field + " is empty or not base64");
  }

  private static Reply field(String name, byte[] value) {
    ObjectNode result = Reply.JSON.createObjectNode();
    return Reply.result(result.put(name, Base64.getEncoder().encodeToString(value)));
  }

  /** Fresh temporary credentials. */
  static FakeAccount temporary() {
    String suffix = UUID.randomUUID().toString().replace("-", "");
    return new FakeAccount("TMPAK" + suffix, "TMPSK" + suffix, "token/of+session=" + suffix);
  }
}
