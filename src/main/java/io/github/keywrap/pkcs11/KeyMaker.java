package io.github.keywrap.pkcs11;

import io.github.keywrap.device.DeviceErrors;
import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.LoginSettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.TokenProfile;
import io.github.keywrap.settings.TokenProfile.Sm4Key;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Makes the key of the settings on a token: private (unless nobody logs in), sensitive, not
 * extractable, and of no use but its own. Each key is made in one call; if the second of two cannot
 * be made, the first is destroyed.
 */
final class KeyMaker {
  private static final long AES_KEY_LENGTH = 32;
  private static final long SM4_KEY_LENGTH = 16;
  private static final long MAC_KEY_LENGTH = 32;
  private static final int ID_LENGTH = 16;

  private final Pkcs11KeySettings settings;
  private final TokenObjects objects;
  private final byte[] id;

  /**
   * @param objects of a session that writes
   */
  KeyMaker(Pkcs11KeySettings settings, TokenObjects objects) {
    this.settings = settings;
    this.objects = objects;
    this.id = id(settings.key().id());
  }

  private static byte[] id(String given) {
    byte[] id = new byte[ID_LENGTH];
    new SecureRandom().nextBytes(id);
    return given.isEmpty() ? id : HexFormat.of().parseHex(given);
  }

  /**
   * Makes the key, or both.
   *
   * @return CKA_ID in hex
   * @throws OperatorException if the settings do not say how
   * @throws Pkcs11Exception if the token refuses; it then has what it had before
   */
  String make() {
    switch (settings.profile()) {
      case TokenProfile.AesGcm _, TokenProfile.Sm4Sealed _ -> {
        long _ = makeEncryptionKey(Mechanism.AES_KEY_GEN.number(), Attribute.AES, AES_KEY_LENGTH);
      }
      case TokenProfile.AesCbcHmac aes ->
          makeBoth(
              () ->
                  makeEncryptionKey(Mechanism.AES_KEY_GEN.number(), Attribute.AES, AES_KEY_LENGTH),
              aes.hmac());
      case TokenProfile.Sm4Gcm sm4 -> {
        long _ = makeSm4Key(sm4.key());
      }
      case TokenProfile.Sm4CbcHmac sm4 -> makeBoth(() -> makeSm4Key(sm4.key()), sm4.hmac());
    }
    return HexFormat.of().formatHex(id);
  }

  private long makeSm4Key(Sm4Key key) {
    Long mechanism = key.keyGeneration();
    if (mechanism == null) {
      throw new OperatorException(
          "mechanisms.sm4-key-gen is missing: without it, no SM4 key can be made",
          "set it, or make the key with the vendor's tools; see docs/sm4.md");
    }
    return makeEncryptionKey(mechanism, key.keyType(), SM4_KEY_LENGTH);
  }

  private void makeBoth(LongSupplier encryptionKey, TokenProfile.Hmac hmac) {
    long first = encryptionKey.getAsLong();
    try {
      long _ =
          make(
              Mechanism.GENERIC_SECRET_KEY_GEN.number(),
              hmac.keyType(),
              MAC_KEY_LENGTH,
              KeyFinder.macLabel(label()),
              List.of(Attribute.Type.SIGN, Attribute.Type.VERIFY),
              List.of(
                  Attribute.Type.ENCRYPT,
                  Attribute.Type.DECRYPT,
                  Attribute.Type.WRAP,
                  Attribute.Type.UNWRAP));
    } catch (RuntimeException failure) {
      destroy(first, failure);
      throw failure;
    }
  }

  private void destroy(long key, RuntimeException failure) {
    try {
      objects.destroy(key);
    } catch (RuntimeException alsoFailed) {
      OperatorException left =
          new OperatorException(
              "the MAC key could not be made (%s), and the key \"%s\" with id %s could not be destroyed"
                      .formatted(
                          DeviceErrors.translate(failure).getMessage(),
                          label(),
                          HexFormat.of().formatHex(id))
                  + " again ("
                  + DeviceErrors.translate(alsoFailed).getMessage()
                  + ")",
              "destroy it with the vendor's tools, it has wrapped nothing; then run keygen again");
      left.initCause(failure);
      throw left;
    }
  }

  private long makeEncryptionKey(long mechanism, long keyType, long length) {
    return make(
        mechanism,
        keyType,
        length,
        label(),
        List.of(Attribute.Type.ENCRYPT, Attribute.Type.DECRYPT),
        List.of(
            Attribute.Type.SIGN,
            Attribute.Type.VERIFY,
            Attribute.Type.WRAP,
            Attribute.Type.UNWRAP));
  }

  /** A private object can be seen after a login only. */
  private boolean isPrivate() {
    return !(settings.token().login() instanceof LoginSettings.None);
  }

  private String label() {
    return settings.key().label().isEmpty() ? settings.name() : settings.key().label();
  }

  private long make(
      long mechanism,
      long keyType,
      long length,
      String label,
      List<Attribute.Type> allowed,
      List<Attribute.Type> forbidden) {
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(KeyFinder.SECRET_KEY);
    attributes.add(Attribute.of(Attribute.Type.KEY_TYPE, keyType));
    attributes.add(Attribute.of(Attribute.Type.VALUE_LEN, length));
    attributes.add(Attribute.of(Attribute.Type.LABEL, label));
    attributes.add(new Attribute(Attribute.Type.ID, id));
    attributes.add(Attribute.of(Attribute.Type.TOKEN, true));
    attributes.add(Attribute.of(Attribute.Type.PRIVATE, isPrivate()));
    attributes.add(Attribute.of(Attribute.Type.SENSITIVE, true));
    attributes.add(Attribute.of(Attribute.Type.EXTRACTABLE, false));
    allowed.forEach(type -> attributes.add(Attribute.of(type, true)));
    forbidden.forEach(type -> attributes.add(Attribute.of(type, false)));
    return objects.generateKey(mechanism, attributes);
  }
}
