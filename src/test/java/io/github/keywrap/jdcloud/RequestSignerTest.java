package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.jdcloud.sdk.auth.sign.JdCloudSigner;
import com.jdcloud.sdk.http.DefaultSdkHttpFullRequest;
import com.jdcloud.sdk.http.SdkHttpFullRequest;
import com.jdcloud.sdk.http.SdkHttpMethod;
import com.jdcloud.sdk.utils.SdkHttpUtils;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.settings.SigningScheme;
import io.github.keywrap.settings.SigningSettings;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our signatures, next to those that others made of the same. */
final class RequestSignerTest {
  private static JsonNode resource() throws Exception {
    try (InputStream in = RequestSignerTest.class.getResourceAsStream("/jdcloud/signatures.json")) {
      return new JsonMapper().readTree(in);
    }
  }

  static List<JsonNode> vectors() throws Exception {
    List<JsonNode> vectors = new ArrayList<>();
    resource().get("vectors").forEach(vectors::add);
    return vectors;
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void signsAsTheVendorsSignerDid(JsonNode vector) {
    SortedMap<String, String> headers = new TreeMap<>();
    vector
        .get("headersAfterSigning")
        .properties()
        .forEach(
            h -> headers.put(h.getKey().toLowerCase(java.util.Locale.ROOT), h.getValue().asText()));
    String region = vector.get("stringToSign").asText().split("\n", -1)[2].split("/", -1)[1];
    RequestSigner signer =
        new RequestSigner(
            new SigningSettings(SigningScheme.JDCLOUD2, region),
            vector.get("service").asText(),
            headers.getOrDefault("host", ""));
    assertThat(signer.authorization(request(vector), headers, credentials(vector)))
        .isEqualTo(vector.get("authorization").asText());
  }

  @Test
  void signsTheExampleOfTheDocumentation() throws Exception {
    JsonNode example = resource().get("documentExample");
    SortedMap<String, String> headers = new TreeMap<>();
    example
        .get("headers")
        .properties()
        .forEach(h -> headers.put(h.getKey(), h.getValue().asText().strip()));
    SortedMap<String, String> query = new TreeMap<>();
    query.put("p1", "p1");
    query.put("p0", "p0");
    query.put("o", "%");
    query.put("u", "u");
    ApiRequest request =
        new ApiRequest(
            "POST",
            "/v1/resource:action",
            query,
            example.get("body").asText().getBytes(UTF_8),
            AnswerSize.SMALL);
    RequestSigner signer =
        new RequestSigner(
            new SigningSettings(SigningScheme.JDCLOUD2, "cn-north-1"),
            "test",
            "test.jdcloud-api.com");
    assertThat(signer.authorization(request, headers, credentials(example)))
        .endsWith("Signature=" + example.get("signature").asText());
  }

  /** Byte for byte, on requests of every shape that keywrap makes. */
  @Test
  void signsWhatTheVendorSignsOnGeneratedRequests() {
    Random random = new Random(20260102);
    for (int i = 0; i < 500; i++) {
      String ak = "AK" + random.nextInt();
      String sk = "SK" + random.nextLong();
      boolean isPost = random.nextBoolean();
      byte[] body = new byte[1 + random.nextInt(200)];
      random.nextBytes(body);
      byte[] json =
          ("{\"plaintext\":\"" + Base64.getEncoder().encodeToString(body) + "\"}").getBytes(UTF_8);
      SortedMap<String, String> query = new TreeMap<>();
      if (!isPost) {
        query.put("pageNumber", Integer.toString(random.nextInt(100)));
        query.put("pageSize", Integer.toString(random.nextInt(100)));
      }
      String path =
          "/v1/key/key.-_~" + random.nextInt() + (isPost ? ":Encrypt" : ":describeKeyDetail");
      ApiRequest request =
          new ApiRequest(
              isPost ? "POST" : "GET", path, query, isPost ? json : new byte[0], AnswerSize.SMALL);
      URI endpoint =
          URI.create(
              random.nextBoolean()
                  ? "https://kms.cn-north-1.jdcloud-api.com"
                  : "http://127.0.0.1:" + (1_024 + random.nextInt(60_000)));
      Instant time = Instant.ofEpochSecond(1_700_000_000L + random.nextInt(100_000_000));
      String nonce = UUID.randomUUID().toString();
      RequestSigner signer =
          new RequestSigner(
              new SigningSettings(SigningScheme.JDCLOUD2, "jdcloud-api"),
              "kms",
              endpoint.getAuthority());
      assertThat(signer.sign(request, credentials(ak, sk), time, nonce))
          .as(path)
          .containsEntry("authorization", vendors(request, endpoint, ak, sk, time, nonce));
    }
  }

  private static String vendors(
      ApiRequest request, URI endpoint, String ak, String sk, Instant time, String nonce) {
    JdCloudSigner signer = new JdCloudSigner();
    signer.setServiceName("kms");
    signer.setRegionName("jdcloud-api");
    signer.setOverrideDate(Date.from(time));
    SdkHttpFullRequest.Builder builder =
        DefaultSdkHttpFullRequest.builder()
            .httpMethod(SdkHttpMethod.fromValue(request.method()))
            .endpoint(endpoint)
            .resourcePath(SdkHttpUtils.urlEncode(request.path(), true))
            .header("Content-Type", "application/json")
            .header("x-jdcloud-nonce", nonce)
            .content(new ByteArrayInputStream(request.body()));
    request.query().forEach((name, value) -> builder.queryParameter(name, value));
    return signer
        .sign(builder, new com.jdcloud.sdk.auth.Credentials(ak, sk))
        .getHeaders()
        .getOrDefault("Authorization", List.of(""))
        .getFirst();
  }

  @Test
  void theTokenIsSentInBase64AndSigned() {
    RequestSigner signer =
        new RequestSigner(
            new SigningSettings(SigningScheme.JDCLOUD2, "jdcloud-api"), "kms", "host");
    Credentials temporary = new Credentials("ak", secret("sk"), Optional.of("TOKEN+/=abc"));
    SortedMap<String, String> headers =
        signer.sign(
            ApiRequest.post("/v1/key/k:Encrypt", new byte[0], AnswerSize.SMALL),
            temporary,
            Instant.EPOCH,
            "n");
    assertThat(headers).containsEntry("x-jdcloud-security-token", "VE9LRU4rLz1hYmM=");
    assertThat(headers.get("authorization")).contains(";x-jdcloud-security-token,");
  }

  @Test
  void theNewerSchemeDiffersInItsNamesOnly() {
    RequestSigner signer =
        new RequestSigner(
            new SigningSettings(SigningScheme.JDCLOUD3, "jdcloud-api"), "kms", "host");
    assertThat(
            signer
                .sign(
                    ApiRequest.post("/v1/key/k:Encrypt", new byte[0], AnswerSize.SMALL),
                    credentials("ak", "sk"),
                    Instant.EPOCH,
                    "n")
                .get("authorization"))
        .startsWith(
            "JDCLOUD3-HMAC-SHA256 Credential=ak/19700101/jdcloud-api/kms/jdcloud3_request,");
  }

  private static ApiRequest request(JsonNode vector) {
    SortedMap<String, String> query = new TreeMap<>();
    vector.get("query").properties().forEach(q -> query.put(q.getKey(), q.getValue().asText()));
    byte[] body =
        vector.get("body").isNull() ? new byte[0] : vector.get("body").asText().getBytes(UTF_8);
    return new ApiRequest(
        vector.get("method").asText(), vector.get("path").asText(), query, body, AnswerSize.SMALL);
  }

  private static Credentials credentials(JsonNode vector) {
    return credentials(vector.get("accessKey").asText(), vector.get("secretKey").asText());
  }

  private static Credentials credentials(String ak, String sk) {
    return new Credentials(ak, secret(sk), Optional.empty());
  }

  private static SecretBytes secret(String text) {
    return SecretBytes.owning(text.getBytes(UTF_8));
  }
}
