package io.github.keywrap.device;

/** What a stub of a device answers where it does not do what it was asked for. */
final class StubFailure extends DeviceException {
  private final boolean isPermanent;

  private StubFailure(String answer, boolean isPermanent) {
    super("stub: " + answer);
    this.isPermanent = isPermanent;
  }

  /** It fails now. */
  static StubFailure passing() {
    return new StubFailure("failed", false);
  }

  /** It can never do that. */
  static StubFailure permanent() {
    return new StubFailure("cannot do that", true);
  }

  @Override
  public String answer() {
    return String.valueOf(getMessage());
  }

  @Override
  public boolean isPermanent() {
    return isPermanent;
  }

  @Override
  public boolean isOfTheCall() {
    return isPermanent;
  }

  @Override
  public boolean isOfLostConnection() {
    return false;
  }

  @Override
  public boolean isOutdated() {
    return false;
  }

  @Override
  public OfPin ofPin() {
    return OfPin.UNTRIED;
  }

  @Override
  public String hint() {
    return "";
  }
}
