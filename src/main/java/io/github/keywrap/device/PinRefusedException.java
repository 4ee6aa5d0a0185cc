package io.github.keywrap.device;

/** A token refused a PIN, as its flags show, whatever it answered. */
public final class PinRefusedException extends RuntimeException {
  private final DeviceException answer;
  private final String evidence;

  /**
   * @param evidence continues a sentence that ends with the answer
   */
  public PinRefusedException(DeviceException answer, String evidence) {
    super(answer.getMessage() + evidence, answer);
    this.answer = answer;
    this.evidence = evidence;
  }

  DeviceException answer() {
    return answer;
  }

  String evidence() {
    return evidence;
  }
}
