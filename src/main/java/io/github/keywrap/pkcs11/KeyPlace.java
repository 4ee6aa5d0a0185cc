package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.TokenProfile;
import java.util.HexFormat;
import java.util.List;

/** What is on a token where a key is to be made. */
final class KeyPlace {
  private final Pkcs11KeySettings settings;
  private final TokenObjects objects;

  KeyPlace(Pkcs11KeySettings settings, TokenObjects objects) {
    this.settings = settings;
    this.objects = objects;
  }

  /**
   * Requires that nothing there could be taken for the key.
   *
   * @throws OperatorException if there is a key with its label or id, or the label of its MAC key
   */
  void requireFree() {
    if (!isTaken()) {
      return;
    }
    if (isHalf()) {
      throw new OperatorException(
          "token %s has one of the two keys that belong together: keygen was ended half-way"
              .formatted(settings.token().name()),
          "it has wrapped nothing: destroy it with the vendor's tools, or choose another key-label");
    }
    throw new OperatorException(
        "token %s has a key with that label or id already".formatted(settings.token().name()),
        "choose another key-label, or use that key as it is");
  }

  boolean isTaken() {
    String label = settings.key().label();
    String id = settings.key().id();
    return !label.isEmpty() && (hasLabel(label) || hasLabel(KeyFinder.macLabel(label)))
        || !id.isEmpty() && has(new Attribute(Attribute.Type.ID, HexFormat.of().parseHex(id)));
  }

  private boolean isHalf() {
    String label = settings.key().label();
    return hasMacKey(settings.profile())
        && !label.isEmpty()
        && hasLabel(label) != hasLabel(KeyFinder.macLabel(label));
  }

  private static boolean hasMacKey(TokenProfile profile) {
    return switch (profile) {
      case TokenProfile.AesCbcHmac _, TokenProfile.Sm4CbcHmac _ -> true;
      case TokenProfile.AesGcm _, TokenProfile.Sm4Gcm _, TokenProfile.Sm4Sealed _ -> false;
    };
  }

  private boolean hasLabel(String label) {
    return has(Attribute.of(Attribute.Type.LABEL, label));
  }

  private boolean has(Attribute attribute) {
    return objects.find(List.of(KeyFinder.SECRET_KEY, attribute)).length > 0;
  }
}
