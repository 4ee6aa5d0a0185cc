package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import io.github.keywrap.jdcloud.CallFailure.Unsigned;
import io.github.keywrap.settings.AssumedRoleSettings;
import java.util.Optional;

/** What keywrap asks of JD Cloud STS: {@code assumeRole}, for one role. */
final class StsApi {
  private final ApiClient client;
  private final byte[] body;

  /**
   * @param client signs with the credentials that may assume the role
   */
  StsApi(ApiClient client, AssumedRoleSettings settings) {
    this.client = client;
    this.body = body(settings);
  }

  /**
   * Temporary credentials.
   *
   * @throws Unsigned if there are none
   */
  Credentials assumeRole(Deadline deadline) {
    try {
      return credentials(
          client
              .ask(ApiRequest.post("/v1/sessionToken:assumeRole", body, AnswerSize.SMALL), deadline)
              .path("credentials"));
    } catch (Refused | Unanswered failure) {
      throw new Unsigned(failure);
    }
  }

  private static Credentials credentials(JsonNode given) {
    try (SecretBytes secretKey = SecretBytes.owning(text(given, "secretKey").getBytes(UTF_8))) {
      return new Credentials(
          text(given, "accessKey"), secretKey, Optional.of(text(given, "sessionToken")));
    }
  }

  private static String text(JsonNode credentials, String field) {
    String text = credentials.path(field).asText("");
    if (!text.matches("[!-~]+")) {
      throw Unanswered.lasting("STS says success and gives no usable " + field, null);
    }
    return text;
  }

  private static byte[] body(AssumedRoleSettings settings) {
    JsonMapper json = new JsonMapper();
    ObjectNode body = json.createObjectNode();
    body.putObject("assumeRoleInfo")
        .put("roleJrn", settings.role())
        .put("roleSessionName", settings.sessionName())
        .put("durationSeconds", settings.duration().toSeconds());
    try {
      return json.writeValueAsBytes(body);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
