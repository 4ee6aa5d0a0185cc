package io.github.keywrap.jdcloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads an answer of JD Cloud's open API, {@code {"requestId":…,"result":{…}}} or {@code
 * {"requestId":…,"error":{"code":…,"status":…}}}, and takes nothing else for a success: the body
 * must be exactly one such object, whatever the headers say of it, and the HTTP status 200.
 */
final class Answer {
  private static final int OK = 200;
  private static final int FIRST_ERROR = 400;
  private static final int LAST_ERROR = 599;
  private static final int SERVER_ERROR = 500;
  private static final Set<Integer> THROTTLED = Set.of(408, 429);
  private static final Pattern STATUS = Pattern.compile("[A-Z0-9_]{1,64}");
  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private Answer() {}

  /**
   * The result, an object.
   *
   * @param httpStatus of the response
   * @param size that it may have
   * @param clockDrift how far this node's clock is ahead, for a refusal
   * @throws CallFailure if it is no success
   */
  static JsonNode result(
      int httpStatus, byte[] body, AnswerSize size, Supplier<Optional<Duration>> clockDrift) {
    Optional<JsonNode> json = parse(body, size);
    Optional<JsonNode> error = json.map(node -> node.get("error")).filter(n -> !n.isNull());
    int throttled = throttled(httpStatus, json.orElseGet(MissingNode::getInstance));
    if (throttled != 0) {
      JsonNode told = error.orElseGet(MissingNode::getInstance);
      JsonNode answer = json.orElseGet(MissingNode::getInstance);
      throw refused(throttled, answer, told, Optional.empty());
    }
    if (error.isPresent()) {
      throw refusal(httpStatus, json.get(), error.get(), clockDrift.get());
    }
    if (httpStatus >= SERVER_ERROR) {
      throw Unanswered.passing(
          "HTTP %d without an answer of JD Cloud's".formatted(httpStatus), null);
    }
    if (httpStatus != OK) {
      throw Unanswered.lasting(unusable(httpStatus), null);
    }
    return json.map(node -> node.get("result"))
        .filter(JsonNode::isObject)
        .orElseThrow(
            () ->
                Unanswered.lasting(
                    "HTTP 200 with a body that is no answer of JD Cloud's (%d bytes)"
                        .formatted(body.length),
                    null));
  }

  /** Whoever limits calls says so in a form of its own: the code of that, or 0. */
  private static int throttled(int httpStatus, JsonNode answer) {
    return Stream.of(
            httpStatus,
            answer.path("error").path("code").asInt(0),
            answer.has("result") ? 0 : answer.path("code").asInt(0))
        .filter(THROTTLED::contains)
        .findFirst()
        .orElse(0);
  }

  private static String unusable(int httpStatus) {
    return httpStatus >= 300 && httpStatus < FIRST_ERROR
        ? "HTTP %d, a redirect, which is never followed".formatted(httpStatus)
        : "HTTP %d without an answer of JD Cloud's: is the endpoint right, is a proxy between?"
            .formatted(httpStatus);
  }

  /** No JSON, or more of it than there should be; also a broken encoding, which it is read by. */
  private static Optional<JsonNode> parse(byte[] body, AnswerSize size) {
    try {
      return Optional.ofNullable(size.json().readTree(body)).filter(JsonNode::isObject);
    } catch (IOException unusable) {
      return Optional.empty();
    }
  }

  /** The HTTP status says more than the body, unless it says that all was well. */
  private static CallFailure refusal(
      int httpStatus, JsonNode answer, JsonNode error, Optional<Duration> clockDrift) {
    int code = httpStatus >= FIRST_ERROR ? httpStatus : error.path("code").asInt(0);
    if (code < FIRST_ERROR || code > LAST_ERROR) {
      return Unanswered.lasting(
          "HTTP %d with an error of no known kind".formatted(httpStatus), null);
    }
    return refused(code, answer, error, clockDrift);
  }

  private static Refused refused(
      int code, JsonNode answer, JsonNode error, Optional<Duration> clockDrift) {
    return new Refused(
        code,
        text(error.path("status"), STATUS),
        text(answer.path("requestId"), REQUEST_ID),
        clockDrift);
  }

  private static String text(JsonNode node, Pattern wellFormed) {
    String text = node.asText("");
    return wellFormed.matcher(text).matches() ? text : Refused.NONE;
  }
}
