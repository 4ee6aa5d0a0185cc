package io.github.keywrap.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the numbers of SM4: a vendor's, and those that are given beside it or alone. */
final class VendorNumbersReader {
  private final SettingReader reader;

  VendorNumbersReader(SettingReader reader) {
    this.reader = reader;
  }

  VendorNumbers read(String key) {
    VendorNumbers preset =
        reader.choice(Pkcs11Setting.VENDOR, key, VendorNumbers.PRESETS, VendorNumbers.NONE);
    return new VendorNumbers(
        number(Pkcs11Setting.SM4_KEY_TYPE, key, preset.keyType()),
        number(Pkcs11Setting.SM4_KEY_GEN, key, preset.keyGeneration()),
        number(Pkcs11Setting.SM4_GCM, key, preset.gcm()),
        number(Pkcs11Setting.SM4_CBC, key, preset.cbc()),
        number(Pkcs11Setting.SM4_CBC_PAD, key, preset.cbcPad()));
  }

  /** A number of 64 bits, in hex or decimal; {@code otherwise} if none is given. */
  @Nullable Long number(Setting setting, String key, @Nullable Long otherwise) {
    if (reader.effective(setting, key).value().isEmpty()) {
      return otherwise;
    }
    return reader
        .parse(setting, key, text -> Optional.of(unsigned(text)), "a number such as 0x80000107")
        .orElse(0L);
  }

  /** A number that the algorithm cannot do without. */
  long required(Setting setting, String key, @Nullable Long number, String algorithm) {
    if (number == null) {
      String vendor = reader.effective(Pkcs11Setting.VENDOR, key).value();
      reader.problem(
          setting,
          key,
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
