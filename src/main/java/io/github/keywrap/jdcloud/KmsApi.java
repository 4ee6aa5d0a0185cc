package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What keywrap asks of JD Cloud KMS, for one key: {@code Encrypt}, {@code Decrypt}, {@code
 * DescribeKey} and {@code describeKeyDetail} of the open API v1. Every method throws {@link
 * CallFailure}, also where an answer says success and lacks what it should have.
 */
final class KmsApi {
  private static final int PAGE_SIZE = 100;
  private static final int MAX_PAGES = 100;
  private static final int PROBE_LENGTH = 16;

  private final ApiClient client;
  private final String keyId;
  private final String path;

  KmsApi(ApiClient client, String keyId) {
    this.client = client;
    this.keyId = keyId;
    this.path = "/v1/key/" + keyId;
  }

  /**
   * Encrypts 1 to 4,095 bytes.
   *
   * @return the service's blob, at least one byte
   */
  byte[] encrypt(SecretBytes plaintext, Deadline deadline) {
    byte[] body = body("plaintext", plaintext.expose());
    try {
      JsonNode result =
          client.call(ApiRequest.post(path + ":Encrypt", body, AnswerSize.BLOB), deadline);
      return bytes(result, "ciphertextBlob");
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  /**
   * Decrypts a blob.
   *
   * @return at least one byte, the caller's to close
   */
  SecretBytes decrypt(byte[] blob, Deadline deadline) {
    byte[] body = body("ciphertextBlob", blob);
    JsonNode result =
        client.call(ApiRequest.post(path + ":Decrypt", body, AnswerSize.SMALL), deadline);
    return SecretBytes.owning(bytes(result, "plaintext"));
  }

  /** Encrypts bytes of no value: whether the key works, for an account that may not ask. */
  void tryKey(Deadline deadline) {
    try (SecretBytes probe = SecretBytes.owning(new byte[PROBE_LENGTH])) {
      byte[] _ = encrypt(probe, deadline);
    }
  }

  /** State of the key. */
  KeyStatus describe(Deadline deadline) {
    JsonNode result = client.ask(ApiRequest.get(path, new TreeMap<>(), AnswerSize.SMALL), deadline);
    return status(result.path("keyInfo"));
  }

  /** All versions of the key, from all pages; at least one. */
  List<KeyVersion> versions(Deadline deadline) {
    List<KeyVersion> versions = new ArrayList<>();
    Set<String> fingerprints = new HashSet<>();
    int count = 1;
    for (int page = 1; versions.size() < count && page <= MAX_PAGES; page++) {
      JsonNode detail = page(page, deadline);
      count = integer(detail, "keyVersionCount");
      for (JsonNode node : detail.path("keyVersionList")) {
        KeyVersion version = version(node);
        if (!fingerprints.add(version.fingerprint())) {
          throw malformed("a version that is listed twice");
        }
        versions.add(version);
      }
      if (detail.path("keyVersionList").isEmpty()) {
        break;
      }
    }
    if (versions.isEmpty() || versions.size() != count) {
      throw malformed("%d versions of %d".formatted(versions.size(), count));
    }
    return versions;
  }

  /** The time at the KMS, or that of this node where that of the KMS cannot be. */
  Instant time() {
    return client.serviceTime();
  }

  private JsonNode page(int page, Deadline deadline) {
    Map<String, String> query =
        Map.of("pageNumber", Integer.toString(page), "pageSize", Integer.toString(PAGE_SIZE));
    return client
        .ask(
            ApiRequest.get(path + ":describeKeyDetail", new TreeMap<>(query), AnswerSize.PAGE),
            deadline)
        .path("keyDetail");
  }

  private KeyVersion version(JsonNode node) {
    String version = node.path("keyVersion").asText("");
    if (version.isEmpty()) {
      throw malformed("a version without a name");
    }
    return KeyVersion.of(keyId, version, created(node.path("createTime").asText("")), status(node));
  }

  /** ISO 8601, mostly in UTC. */
  private static Instant created(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw malformed("a time that is none");
    }
  }

  private static KeyStatus status(JsonNode node) {
    return KeyStatus.of(integer(node, "keyStatus"));
  }

  private static int integer(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isInt()) {
      throw malformed("no " + field);
    }
    return value.intValue();
  }

  /** Base64 has no character that JSON would have to escape. */
  private static byte[] body(String field, byte[] value) {
    byte[] start = ("{\"" + field + "\":\"").getBytes(US_ASCII);
    byte[] encoded = Base64.getEncoder().encode(value);
    byte[] body = Arrays.copyOf(start, start.length + encoded.length + 2);
    System.arraycopy(encoded, 0, body, start.length, encoded.length);
    body[body.length - 2] = '"';
    body[body.length - 1] = '}';
    Arrays.fill(encoded, (byte) 0);
    return body;
  }

  /** Standard base64 with padding (RFC 4648, section 4), in its one form. */
  private static byte[] bytes(JsonNode result, String field) {
    JsonNode value = result.path(field);
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw malformed("no " + field);
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(value.textValue());
      if (Base64.getEncoder().encodeToString(bytes).equals(value.textValue())) {
        return bytes;
      }
    } catch (IllegalArgumentException notBase64) {
      throw malformed("a " + field + " that is not base64");
    }
    throw malformed("a " + field + " that is not base64 in its usual form");
  }

  private static Unanswered malformed(String what) {
    return Unanswered.lasting("the answer says success and has " + what, null);
  }
}
