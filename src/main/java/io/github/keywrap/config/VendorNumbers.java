package io.github.keywrap.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that a vendor's PKCS#11 library has for SM4; null: none is known. PKCS #11 itself has no
 * SM4. From the vendors' public headers and from the vendor table of ipkcs11wrapper (XiPKI); {@code
 * docs/sm4.md} names the source of each.
 *
 * @param keyType CKK
 * @param keyGeneration CKM that makes a key
 * @param gcm CKM
 * @param cbc CKM without padding
 * @param cbcPad CKM with padding
 */
record VendorNumbers(
    @Nullable Long keyType,
    @Nullable Long keyGeneration,
    @Nullable Long gcm,
    @Nullable Long cbc,
    @Nullable Long cbcPad) {
  static final VendorNumbers NONE = new VendorNumbers(null, null, null, null, null);

  /** By the name that the settings use. */
  static final Map<String, VendorNumbers> PRESETS = presets();

  private static Map<String, VendorNumbers> presets() {
    Map<String, VendorNumbers> presets = new TreeMap<>();
    presets.put("ep11", of(0x80050001L, 0x80050001L, 0x80050002L, 0x80050003L));
    presets.put("imx", of(0x80534D58L, 0x80534D58L, 0x80534D59L, null));
    presets.put("itrus", of(0x80000006L, 0x8000A001L, 0x8000A200L, 0x8000A201L));
    presets.put(
        "koal", new VendorNumbers(null, 0x80000107L, 0x8000010FL, 0x80000109L, 0x8000010CL));
    presets.put("luna", of(0x80000015L, 0x80000B10L, 0x80000B12L, 0x80000B13L));
    presets.put("sansec", of(0x80000106L, 0x80000107L, 0x80000109L, 0x8000A102L));
    presets.put("sansec-old", of(0x80000106L, 0x8000A001L, 0x8000A200L, 0x8000A201L));
    presets.put("tass", of(0x80000002L, 0x80000107L, 0x80000109L, 0x8000010CL));
    return Collections.unmodifiableMap(presets);
  }

  private static VendorNumbers of(
      long keyType, long keyGeneration, long cbc, @Nullable Long cbcPad) {
    return new VendorNumbers(keyType, keyGeneration, null, cbc, cbcPad);
  }
}
