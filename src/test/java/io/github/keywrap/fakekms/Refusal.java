package io.github.keywrap.fakekms;

/** Ends a request with an error of the open API. */
final class Refusal extends RuntimeException {
  private final int code;
  private final String status;

  Refusal(int code, String status, String message) {
    super(message, null, false, false);
    this.code = code;
    this.status = status;
  }

  Reply reply() {
    return Reply.error(code, status, String.valueOf(getMessage()));
  }
}
