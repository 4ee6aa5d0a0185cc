package io.github.keywrap.config;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.settings.GcmIv;
import io.github.keywrap.settings.GcmSettings;
import io.github.keywrap.settings.SealedKeyPlace;
import io.github.keywrap.settings.TokenProfile;
import io.github.keywrap.settings.TokenProfile.AesCbcHmac;
import io.github.keywrap.settings.TokenProfile.AesGcm;
import io.github.keywrap.settings.TokenProfile.Cbc;
import io.github.keywrap.settings.TokenProfile.Hmac;
import io.github.keywrap.settings.TokenProfile.Sm4CbcHmac;
import io.github.keywrap.settings.TokenProfile.Sm4Gcm;
import io.github.keywrap.settings.TokenProfile.Sm4Key;
import io.github.keywrap.settings.TokenProfile.Sm4Sealed;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads what a key on a token is used with. */
final class TokenProfileReader {
  private static final Map<String, GcmIv> IVS =
      Map.of(
          "client", GcmIv.CLIENT,
          "written-back", GcmIv.WRITTEN_BACK,
          "appended", GcmIv.APPENDED,
          "appended-null", GcmIv.APPENDED_NULL);

  /** What Luna makes in FIPS mode; other IVs are of 96 bits (NIST SP 800-38D, section 5.2.1.1). */
  private static final int UNASKED_IV_LENGTH = 16;

  private static final int IV_LENGTH = 12;

  private final SettingReader reader;
  private final VendorNumbersReader numbers;

  TokenProfileReader(SettingReader reader) {
    this.reader = reader;
    this.numbers = new VendorNumbersReader(reader);
  }

  TokenProfile read() {
    return reader
        .choice(
            KeySetting.ALGORITHM,
            Map.<String, Supplier<TokenProfile>>of(
                Algorithm.AES_GCM.label(), this::aesGcm,
                Algorithm.AES_CBC_HMAC.label(), this::aesCbcHmac,
                Algorithm.SM4_GCM.label(), this::sm4Gcm,
                Algorithm.SM4_CBC_HMAC.label(), this::sm4CbcHmac,
                Algorithm.SM4_SEALED.label(), this::sm4Sealed),
            this::aesGcm)
        .get();
  }

  private TokenProfile aesGcm() {
    return new AesGcm(gcm());
  }

  private TokenProfile aesCbcHmac() {
    return new AesCbcHmac(new Hmac.Sha256(hmacKeyType(Algorithm.AES_CBC_HMAC.label())));
  }

  private TokenProfile sm4Gcm() {
    VendorNumbers known = numbers.read();
    String algorithm = Algorithm.SM4_GCM.label();
    return new Sm4Gcm(
        sm4Key(known, algorithm),
        numbers.required(Pkcs11Setting.SM4_GCM, known.gcm(), algorithm),
        gcm());
  }

  private TokenProfile sm4CbcHmac() {
    VendorNumbers known = numbers.read();
    String algorithm = Algorithm.SM4_CBC_HMAC.label();
    return new Sm4CbcHmac(sm4Key(known, algorithm), cbc(known, algorithm), hmac(algorithm));
  }

  /** Without padding if that is known: then padding is not the vendor's to get wrong. */
  private Cbc cbc(VendorNumbers known, String algorithm) {
    @Nullable Long padded = known.cbcPad();
    if (known.cbc() == null && padded != null) {
      return new Cbc(padded, true);
    }
    return new Cbc(numbers.required(Pkcs11Setting.SM4_CBC, known.cbc(), algorithm), false);
  }

  private Hmac hmac(String algorithm) {
    @Nullable Long sm3 = numbers.mechanism(Pkcs11Setting.SM3_HMAC, null);
    long keyType = hmacKeyType(algorithm);
    return sm3 == null ? new Hmac.Sha256(keyType) : new Hmac.Sm3(keyType, sm3);
  }

  private long hmacKeyType(String algorithm) {
    return numbers.required(
        Pkcs11Setting.HMAC_KEY_TYPE, numbers.number(Pkcs11Setting.HMAC_KEY_TYPE, null), algorithm);
  }

  private Sm4Key sm4Key(VendorNumbers known, String algorithm) {
    return new Sm4Key(
        numbers.required(Pkcs11Setting.SM4_KEY_TYPE, known.keyType(), algorithm),
        known.keyGeneration());
  }

  private TokenProfile sm4Sealed() {
    SealedKeyPlace place =
        reader.isGiven(Pkcs11Setting.SEALED_KEY_FILE)
            ? new SealedKeyPlace.InFile(reader.path(Pkcs11Setting.SEALED_KEY_FILE))
            : new SealedKeyPlace.OnToken();
    return new Sm4Sealed(gcm(), place);
  }

  private GcmSettings gcm() {
    GcmIv iv = reader.choice(Pkcs11Setting.GCM_IV, IVS, GcmIv.CLIENT);
    int length = iv == GcmIv.APPENDED_NULL ? UNASKED_IV_LENGTH : IV_LENGTH;
    return new GcmSettings(
        iv,
        reader.number(Pkcs11Setting.GCM_IV_LENGTH, 12, 16, length),
        reader.choice(Pkcs11Setting.GCM_PARAMS, Map.of("48", 48, "40", 40), 48));
  }
}
