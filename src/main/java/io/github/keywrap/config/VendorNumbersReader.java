package io.github.keywrap.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the numbers of SM4: a vendor's, and those that are given beside it or alone. */
final class VendorNumbersReader {
  /** Above every CKK of PKCS #11 3.2, and below those of vendors, with some room. */
  private static final long LAST_STANDARD_KEY_TYPE = 0xff;

  /** Above every CKM of PKCS #11 3.2, and below those of vendors, with some room. */
  private static final long LAST_STANDARD_MECHANISM = 0xffff;

  /** In the place of what is no number, which is told already. */
  private static final long NOT_PARSED = -1;

  private final SettingReader reader;

  VendorNumbersReader(SettingReader reader) {
    this.reader = reader;
  }

  VendorNumbers read() {
    VendorNumbers preset =
        reader.choice(Pkcs11Setting.VENDOR, VendorNumbers.PRESETS, VendorNumbers.NONE);
    return new VendorNumbers(
        keyType(preset.keyType()),
        mechanism(Pkcs11Setting.SM4_KEY_GEN, preset.keyGeneration()),
        mechanism(Pkcs11Setting.SM4_GCM, preset.gcm()),
        mechanism(Pkcs11Setting.SM4_CBC, preset.cbc()),
        mechanism(Pkcs11Setting.SM4_CBC_PAD, preset.cbcPad()));
  }

  private @Nullable Long keyType(@Nullable Long preset) {
    return foreign(Pkcs11Setting.SM4_KEY_TYPE, preset, LAST_STANDARD_KEY_TYPE);
  }

  /** A mechanism that PKCS #11 does not know: with one that it does, AES could pass as SM4. */
  @Nullable Long mechanism(Setting setting, @Nullable Long otherwise) {
    return foreign(setting, otherwise, LAST_STANDARD_MECHANISM);
  }

  private @Nullable Long foreign(Setting setting, @Nullable Long otherwise, long lastStandard) {
    @Nullable Long number = number(setting, otherwise);
    if (reader.isGiven(setting)
        && number != null
        && Long.compareUnsigned(number, lastStandard) <= 0) {
      reader.problem(
          setting,
          "is a number that PKCS #11 has given to something else, such as AES; it has none for SM4",
          "set the number that the vendor's PKCS#11 header has; see docs/sm4.md");
    }
    return number;
  }

  /** A number of 64 bits, in hex or decimal; {@code otherwise} if none is given. */
  @Nullable Long number(Setting setting, @Nullable Long otherwise) {
    if (reader.effective(setting).value().isEmpty()) {
      return otherwise;
    }
    return reader
        .parse(setting, text -> Optional.of(unsigned(text)), "a number such as 0x80000107")
        .orElse(NOT_PARSED);
  }

  /** A number that the algorithm cannot do without. */
  long required(Setting setting, @Nullable Long number, String algorithm) {
    if (number == null) {
      String vendor = reader.effective(Pkcs11Setting.VENDOR).value();
      reader.problem(
          setting,
          "is missing, and algorithm: %s needs it".formatted(algorithm),
          vendor.isEmpty()
              ? "set vendor:, or the number that the vendor's PKCS#11 header has; see docs/sm4.md"
              : "none is known for vendor %s: set the number that its PKCS#11 header has, or choose"
                      .formatted(vendor)
                  + " another algorithm; see docs/sm4.md");
      return 0;
    }
    return number;
  }

  private static long unsigned(String text) {
    return text.startsWith("0x") || text.startsWith("0X")
        ? Long.parseUnsignedLong(text.substring(2), 16)
        : Long.parseUnsignedLong(text);
  }
}
