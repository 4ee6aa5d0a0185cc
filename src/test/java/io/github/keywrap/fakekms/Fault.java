package io.github.keywrap.fakekms;

/** What a KMS, or something on the way to it, can do wrong. */
public enum Fault {
  NONE("no fault"),
  UNAUTHORIZED("401, in the API's format"),
  FORBIDDEN("403, in the API's format"),
  REPETITION("403 `APIGW_NONCE_CONFLICT`"),
  NOT_FOUND("404, in the API's format"),
  FAILED_PRECONDITION("400 `FAILED_PRECONDITION`"),
  RATE_LIMITED("429 `RATE_LIMIT_EXCEEDED`"),
  RETRY_LATER("429 with `Retry-After: 1`"),
  RATE_LIMITED_BY_A_PROXY("429 with a long HTML page"),
  RATE_LIMITED_WITH_200("200 with an `error` of code 429"),
  REQUEST_TIMEOUT("408 with an HTML page"),
  QUOTA_EXCEEDED("429 `QUOTA_EXCEEDED`"),
  INTERNAL_ERROR("500, in the API's format"),
  UNAVAILABLE("503 with an HTML page"),
  FORBIDDEN_BY_A_PROXY("403 with an HTML page"),
  ERROR_WITH_200("200 with an `error`"),
  ERROR_OF_NO_KIND("200 with an `error` without a code"),
  NO_RESULT("200 `{}`"),
  NULL_RESULT("200 with `result: null`"),
  MISSING_FIELD("200 with a `result` that lacks its field"),
  EMPTY_FIELD("200 with an empty field"),
  NUMBER_FOR_FIELD("200 with a number for the field"),
  NOT_BASE64("200 with a field that is not base64"),
  UNPADDED_BASE64("200 with base64 without its padding"),
  FIELD_TWICE("200 with the field twice"),
  SOMETHING_AFTER_IT("200 with a second JSON object after the answer"),
  EMPTY_BODY("200 without a body"),
  HTML_WITH_200("200 with an HTML page"),
  MANY_FIELDS("200 with 20,000 fields beside the right one"),
  LONG_FIELD("200 with a field of 200,000 characters beside the right one"),
  NOT_UNICODE("200 with bytes that look like UTF-32 and are none"),
  TRUNCATED_JSON("200 with half of the JSON"),
  TRUNCATED_BODY("200, the connection ends within the body"),
  GZIP("200 with a gzip body that was not asked for"),
  ACCEPTED("202 with the result"),
  REDIRECT("302 to another address"),
  NO_CONTENT_TYPE("200 without Content-Type, all else right"),
  HEADERS_TWICE("200 with headers twice, in other letters, as a gateway adds them"),
  HUGE_HEADERS("200 with 99 headers of 8,000 characters, all else right"),
  HUGE_TRAILERS("200 in chunks, with 99 trailers of 8,000 characters"),
  ENDLESS_BODY("200 with a body without end"),
  SLOW_BODY("200, then nothing"),
  NO_ANSWER("no answer"),
  DROPPED("the connection ends without an answer"),
  NOT_HTTP("something that is not HTTP"),
  WRONG_BLOB("200 with random bytes"),
  OTHER_BLOB("200 with a sound blob of something else"),
  SENT_BACK("200 with what was sent"),
  SENT_BACK_IN_BASE64("200 with the base64 of what was sent"),
  ECHO("400 whose message repeats the request");

  private final String words;

  Fault(String words) {
    this.words = words;
  }

  /** One line, in Markdown. */
  public String words() {
    return words;
  }
}
