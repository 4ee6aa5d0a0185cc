package io.github.keywrap.pkcs11;

import java.util.Arrays;
import java.util.Optional;

/** Mechanisms that keywrap uses or that tell an operator something (PKCS #11 3.1, section 6). */
enum Mechanism {
  SHA256_HMAC(0x251),
  GENERIC_SECRET_KEY_GEN(0x350),
  AES_KEY_GEN(0x1080),
  AES_CBC(0x1082),
  AES_CBC_PAD(0x1085),
  AES_GCM(0x1087),
  AES_KEY_WRAP(0x2109),
  AES_KEY_WRAP_PAD(0x210a);

  /** Numbers from here on are a vendor's own ({@code CKM_VENDOR_DEFINED}). */
  private static final long VENDOR_DEFINED = 0x80000000L;

  private final long number;

  Mechanism(long number) {
    this.number = number;
  }

  long number() {
    return number;
  }

  private static Optional<Mechanism> of(long number) {
    return Arrays.stream(values()).filter(mechanism -> mechanism.number == number).findFirst();
  }

  /** Whether an operator wants to hear of it. */
  static boolean isOfInterest(long number) {
    return of(number).isPresent() || Long.compareUnsigned(number, VENDOR_DEFINED) >= 0;
  }

  /** By name, or a vendor's by number. */
  static String describe(long number) {
    return of(number)
        .map(mechanism -> "CKM_" + mechanism)
        .orElseGet(() -> "vendor 0x" + Long.toHexString(number));
  }
}
