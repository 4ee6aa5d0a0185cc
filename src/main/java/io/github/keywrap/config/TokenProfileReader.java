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
import java.util.function.Function;
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

  TokenProfile read(String key) {
    return reader
        .choice(
            KeySetting.ALGORITHM,
            key,
            Map.<String, Function<String, TokenProfile>>of(
                Algorithm.AES_GCM.label(), this::aesGcm,
                Algorithm.AES_CBC_HMAC.label(), this::aesCbcHmac,
                Algorithm.SM4_GCM.label(), this::sm4Gcm,
                Algorithm.SM4_CBC_HMAC.label(), this::sm4CbcHmac,
                Algorithm.SM4_SEALED.label(), this::sm4Sealed),
            this::aesGcm)
        .apply(key);
  }

  private TokenProfile aesGcm(String key) {
    return new AesGcm(gcm(key));
  }

  private TokenProfile aesCbcHmac(String key) {
    return new AesCbcHmac(new Hmac.Sha256(hmacKeyType(key, Algorithm.AES_CBC_HMAC.label())));
  }

  private TokenProfile sm4Gcm(String key) {
    VendorNumbers known = numbers.read(key);
    String algorithm = Algorithm.SM4_GCM.label();
    return new Sm4Gcm(
        sm4Key(known, key, algorithm),
        numbers.required(Pkcs11Setting.SM4_GCM, key, known.gcm(), algorithm),
        gcm(key));
  }

  private TokenProfile sm4CbcHmac(String key) {
    VendorNumbers known = numbers.read(key);
    String algorithm = Algorithm.SM4_CBC_HMAC.label();
    return new Sm4CbcHmac(
        sm4Key(known, key, algorithm), cbc(known, key, algorithm), hmac(key, algorithm));
  }

  /** Without padding if that is known: then padding is not the vendor's to get wrong. */
  private Cbc cbc(VendorNumbers known, String key, String algorithm) {
    @Nullable Long padded = known.cbcPad();
    if (known.cbc() == null && padded != null) {
      return new Cbc(padded, true);
    }
    return new Cbc(numbers.required(Pkcs11Setting.SM4_CBC, key, known.cbc(), algorithm), false);
  }

  private Hmac hmac(String key, String algorithm) {
    @Nullable Long sm3 = numbers.mechanism(Pkcs11Setting.SM3_HMAC, key, null);
    long keyType = hmacKeyType(key, algorithm);
    return sm3 == null ? new Hmac.Sha256(keyType) : new Hmac.Sm3(keyType, sm3);
  }

  private long hmacKeyType(String key, String algorithm) {
    return numbers.required(
        Pkcs11Setting.HMAC_KEY_TYPE,
        key,
        numbers.number(Pkcs11Setting.HMAC_KEY_TYPE, key, null),
        algorithm);
  }

  private Sm4Key sm4Key(VendorNumbers known, String key, String algorithm) {
    return new Sm4Key(
        numbers.required(Pkcs11Setting.SM4_KEY_TYPE, key, known.keyType(), algorithm),
        known.keyGeneration());
  }

  private TokenProfile sm4Sealed(String key) {
    SealedKeyPlace place =
        reader.isGiven(Pkcs11Setting.SEALED_KEY_FILE, key)
            ? new SealedKeyPlace.InFile(reader.path(Pkcs11Setting.SEALED_KEY_FILE, key))
            : new SealedKeyPlace.OnToken();
    return new Sm4Sealed(gcm(key), place);
  }

  private GcmSettings gcm(String key) {
    GcmIv iv = reader.choice(Pkcs11Setting.GCM_IV, key, IVS, GcmIv.CLIENT);
    int length = iv == GcmIv.APPENDED_NULL ? UNASKED_IV_LENGTH : IV_LENGTH;
    return new GcmSettings(
        iv,
        reader.number(Pkcs11Setting.GCM_IV_LENGTH, key, 12, 16, length),
        reader.choice(Pkcs11Setting.GCM_PARAMS, key, Map.of("48", 48, "40", 40), 48));
  }
}
