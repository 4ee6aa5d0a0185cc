package io.github.keywrap.pkcs11;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.TokenProfile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the one key that the settings mean, and refuses one that the token could let go. */
final class KeyFinder {
  /** A CKA_ID that is shorter, such as 01, may name another key on another token. */
  static final int MIN_ID = 8;

  static final Attribute SECRET_KEY = Attribute.of(Attribute.Type.CLASS, Attribute.SECRET_KEY);

  private static final int MAX_LISTED = 10;

  private final Pkcs11KeySettings settings;

  KeyFinder(Pkcs11KeySettings settings) {
    this.settings = settings;
  }

  /**
   * A key on a token.
   *
   * @param handle good in the initialization of the library that it was found in
   */
  record Found(long handle, String identity, KeyKind kind) {}

  /**
   * Finds the key that encrypts.
   *
   * @throws KeyUnavailable if not exactly one key fits, or it may not be used as it is
   */
  Found find(TokenObjects objects) {
    Kind kind = Kind.of(settings.profile());
    long[] handles = objects.find(template(kind));
    if (handles.length != 1) {
      throw new KeyUnavailable(
          handles.length == 0
              ? "the token has no %s key with %s; %s"
                  .formatted(kind.name(), wanted(), secretKeys(objects))
              : "the token has %d %s keys with %s, and one is wanted: set key-label and key-id; %s"
                  .formatted(handles.length, kind.name(), wanted(), secretKeys(objects)),
          null);
    }
    new KeyRequirements(settings, objects, handles[0])
        .check(List.of(Attribute.Type.ENCRYPT, Attribute.Type.DECRYPT));
    return new Found(handles[0], identity(objects, handles[0]), KeyKind.of(objects, handles[0]));
  }

  /**
   * Finds the key that authenticates: of its own type, with the CKA_ID of the other one, and its
   * label with an ending.
   *
   * @throws KeyUnavailable if not exactly one key fits, or it may not be used as it is
   */
  long findMacKey(TokenObjects objects, Found encryptionKey, TokenProfile.Hmac hmac) {
    List<Attribute> template = new ArrayList<>();
    template.add(SECRET_KEY);
    template.add(Attribute.of(Attribute.Type.KEY_TYPE, hmac.keyType()));
    objects
        .attribute(encryptionKey.handle(), Attribute.Type.ID)
        .ifPresent(id -> template.add(new Attribute(Attribute.Type.ID, id)));
    if (!settings.key().label().isEmpty()) {
      template.add(Attribute.of(Attribute.Type.LABEL, macLabel(settings.key().label())));
    }
    long[] handles =
        Arrays.stream(objects.find(template))
            .filter(handle -> handle != encryptionKey.handle())
            .toArray();
    if (handles.length != 1) {
      String label = settings.key().label();
      String belonging =
          "CKA_ID is that of the key with %s%s"
              .formatted(
                  wanted(),
                  label.isEmpty() ? "" : " and whose label is \"%s\"".formatted(macLabel(label)));
      throw new KeyUnavailable(
          handles.length == 0
              ? "the token has no MAC key: none whose %s; %s"
                  .formatted(belonging, secretKeys(objects))
              : "the token has %d MAC keys whose %s, and one is wanted; %s"
                  .formatted(handles.length, belonging, secretKeys(objects)),
          null);
    }
    new KeyRequirements(settings, objects, handles[0]).check(List.of(Attribute.Type.SIGN));
    return handles[0];
  }

  /** The label of the MAC key that belongs to a key of that label. */
  static String macLabel(String label) {
    return label + "-mac";
  }

  /** What kind of key encrypts. */
  private record Kind(String name, long type) {
    static Kind of(TokenProfile profile) {
      return switch (profile) {
        case TokenProfile.AesGcm _, TokenProfile.AesCbcHmac _, TokenProfile.Sm4Sealed _ ->
            new Kind("AES", Attribute.AES);
        case TokenProfile.Sm4Gcm gcm -> new Kind("SM4", gcm.key().keyType());
        case TokenProfile.Sm4CbcHmac cbc -> new Kind("SM4", cbc.key().keyType());
      };
    }
  }

  private List<Attribute> template(Kind kind) {
    List<Attribute> template = new ArrayList<>();
    template.add(SECRET_KEY);
    template.add(Attribute.of(Attribute.Type.KEY_TYPE, kind.type()));
    if (!settings.key().label().isEmpty()) {
      template.add(Attribute.of(Attribute.Type.LABEL, settings.key().label()));
    }
    if (!settings.key().id().isEmpty()) {
      template.add(id());
    }
    return template;
  }

  private Attribute id() {
    return new Attribute(Attribute.Type.ID, HexFormat.of().parseHex(settings.key().id()));
  }

  private String wanted() {
    String label = settings.key().label();
    String byLabel = label.isEmpty() ? "" : "label \"" + label + "\"";
    String byId = settings.key().id().isEmpty() ? "" : "id " + settings.key().id();
    return byLabel + (byLabel.isEmpty() || byId.isEmpty() ? "" : " and ") + byId;
  }

  /** What there is, as the end of a sentence. */
  private static String secretKeys(TokenObjects objects) {
    long[] all = objects.find(List.of(SECRET_KEY));
    if (all.length == 0) {
      return "the login sees no secret key at all";
    }
    String list =
        Arrays.stream(all)
            .limit(MAX_LISTED)
            .mapToObj(key -> describe(objects, key))
            .collect(Collectors.joining(", "));
    int more = all.length - MAX_LISTED;
    return "its secret keys are " + list + (more > 0 ? ", and " + more + " more" : "");
  }

  private static String describe(TokenObjects objects, long key) {
    String label =
        objects
            .attribute(key, Attribute.Type.LABEL)
            .map(bytes -> new String(bytes, UTF_8))
            .orElse("?");
    return "\"" + label + "\" (id " + hexId(objects, key) + ")";
  }

  private static String hexId(TokenObjects objects, long key) {
    return objects.attribute(key, Attribute.Type.ID).map(HexFormat.of()::formatHex).orElse("");
  }

  private String identity(TokenObjects objects, long key) {
    if (!settings.key().identity().isEmpty()) {
      return settings.key().identity();
    }
    String id = hexId(objects, key);
    if (id.length() < 2 * MIN_ID) {
      throw new KeyUnavailable(
          ("the key's CKA_ID is \"%s\", too short to tell it from all other keys; set identity: to"
                  + " a name that no other key ever had or will have")
              .formatted(id),
          null);
    }
    return id;
  }
}
