package io.github.keywrap.pkcs11;

import io.github.keywrap.settings.TokenProfile;
import java.security.SecureRandom;

/** Binds what the settings say to keys that were found. */
final class Ciphers {
  private Ciphers() {}

  /** Finds the key of a MAC; asked only if there is one. */
  interface MacKey {
    long of(TokenProfile.Hmac hmac);
  }

  static TokenCipher of(TokenProfile profile, long key, MacKey macKey, SecureRandom random) {
    return switch (profile) {
      case TokenProfile.AesGcm(var gcm) ->
          new GcmCipher(new GcmMechanism(Mechanism.AES_GCM.number(), gcm, random), key);
      case TokenProfile.AesCbcHmac(var hmac) ->
          new CbcHmacCipher(
              new TokenProfile.Cbc(Mechanism.AES_CBC.number(), false),
              key,
              mechanism(hmac),
              macKey.of(hmac),
              random);
      case TokenProfile.Sm4Sealed(var gcm, _) ->
          new GcmCipher(new GcmMechanism(Mechanism.AES_GCM.number(), gcm, random), key);
      case TokenProfile.Sm4Gcm(_, long mechanism, var gcm) ->
          new GcmCipher(new GcmMechanism(mechanism, gcm, random), key);
      case TokenProfile.Sm4CbcHmac(_, var cbc, var hmac) ->
          new CbcHmacCipher(cbc, key, mechanism(hmac), macKey.of(hmac), random);
    };
  }

  private static long mechanism(TokenProfile.Hmac hmac) {
    return switch (hmac) {
      case TokenProfile.Hmac.Sha256 _ -> Mechanism.SHA256_HMAC.number();
      case TokenProfile.Hmac.Sm3(_, long mechanism) -> mechanism;
    };
  }
}
