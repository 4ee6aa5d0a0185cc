package io.github.keywrap.fakekms;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;

/**
 * What the fake answers, before a fault alters it.
 *
 * @param body JSON
 */
record Reply(int status, ObjectNode body) {
  static final JsonMapper JSON = new JsonMapper();

  static Reply result(ObjectNode result) {
    ObjectNode body = JSON.createObjectNode().put("requestId", UUID.randomUUID().toString());
    body.set("result", result);
    return new Reply(200, body);
  }

  static Reply error(int code, String status, String message) {
    ObjectNode body = JSON.createObjectNode().put("requestId", UUID.randomUUID().toString());
    body.putObject("error").put("code", code).put("status", status).put("message", message);
    return new Reply(code, body);
  }

  boolean isResult() {
    return body.has("result");
  }

  byte[] bytes() {
    try {
      return JSON.writeValueAsBytes(body);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
