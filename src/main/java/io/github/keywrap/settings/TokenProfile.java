package io.github.keywrap.settings;

import io.github.keywrap.domain.Algorithm;
import org.jspecify.annotations.Nullable;

/**
 * What a key on a token is, and what it is used with. PKCS #11 has no numbers for SM4: they are the
 * vendor's, 64 bits each.
 */
public sealed interface TokenProfile {
  Algorithm algorithm();

  /** AES-256-GCM, by the token. */
  record AesGcm(GcmSettings gcm) implements TokenProfile {
    @Override
    public Algorithm algorithm() {
      return Algorithm.AES_GCM;
    }
  }

  /** AES-CBC, then a MAC with a second key, both by the token: for tokens without GCM. */
  record AesCbcHmac(Hmac.Sha256 hmac) implements TokenProfile {
    @Override
    public Algorithm algorithm() {
      return Algorithm.AES_CBC_HMAC;
    }
  }

  /** SM4-GCM, by the token. */
  record Sm4Gcm(Sm4Key key, long mechanism, GcmSettings gcm) implements TokenProfile {
    @Override
    public Algorithm algorithm() {
      return Algorithm.SM4_GCM;
    }
  }

  /** SM4-CBC, then a MAC with a second key, both by the token. */
  record Sm4CbcHmac(Sm4Key key, Cbc cbc, Hmac hmac) implements TokenProfile {
    @Override
    public Algorithm algorithm() {
      return switch (hmac) {
        case Hmac.Sha256 _ -> Algorithm.SM4_CBC_HMAC;
        case Hmac.Sm3 _ -> Algorithm.SM4_CBC_HMAC_SM3;
      };
    }
  }

  /** SM4-GCM in this process, with a key that an AES key of the token opens at the start. */
  record Sm4Sealed(GcmSettings gcm, SealedKeyPlace place) implements TokenProfile {
    @Override
    public Algorithm algorithm() {
      return Algorithm.SM4_SEALED;
    }
  }

  /**
   * SM4 keys of a vendor.
   *
   * @param keyType CKK number
   * @param keyGeneration CKM number; null if it is not known, and no key can be made
   */
  record Sm4Key(long keyType, @Nullable Long keyGeneration) {}

  /**
   * Cipher Block Chaining.
   *
   * @param mechanism CKM number
   * @param pads whether the token pads; otherwise keywrap does, to the same bytes
   */
  record Cbc(long mechanism, boolean pads) {}

  /** The MAC of the encrypt-then-MAC composition, 32 bytes. */
  sealed interface Hmac {
    /** CKK number of its key. */
    long keyType();

    /** {@code CKM_SHA256_HMAC}. */
    record Sha256(long keyType) implements Hmac {}

    /** HMAC-SM3 of a vendor, with its CKM number. */
    record Sm3(long keyType, long mechanism) implements Hmac {}
  }
}
