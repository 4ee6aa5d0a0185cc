package io.github.keywrap.pkcs11;

/** A token refused a PIN, as its flags show, whatever it answered. */
final class PinRefusedException extends RuntimeException {
  private final Pkcs11Exception answer;
  private final String evidence;

  /**
   * @param evidence continues a sentence that ends with the answer
   */
  PinRefusedException(Pkcs11Exception answer, String evidence) {
    super(answer.getMessage() + evidence, answer);
    this.answer = answer;
    this.evidence = evidence;
  }

  Pkcs11Exception answer() {
    return answer;
  }

  String evidence() {
    return evidence;
  }
}
