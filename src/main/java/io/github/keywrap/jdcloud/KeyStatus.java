package io.github.keywrap.jdcloud;

/** State of a key or of one of its versions (KMS open API, {@code keyStatus}). */
enum KeyStatus {
  ENABLED("enabled", ""),
  DISABLED("disabled", "enable it in the KMS"),
  PENDING_DELETION("planned for deletion", "cancel the deletion and enable it, both in the KMS"),
  /** A number that the API does not explain. */
  OTHER("in a state that keywrap does not know", "look at it in the KMS");

  private final String words;
  private final String cure;

  KeyStatus(String words, String cure) {
    this.words = words;
    this.cure = cure;
  }

  static KeyStatus of(int number) {
    return switch (number) {
      case 0 -> ENABLED;
      case 1 -> DISABLED;
      case 2 -> PENDING_DELETION;
      default -> OTHER;
    };
  }

  /** Whether the service itself says that it may not be used. */
  boolean isUnusable() {
    return this == DISABLED || this == PENDING_DELETION;
  }

  String words() {
    return words;
  }

  String cure() {
    return cure;
  }
}
