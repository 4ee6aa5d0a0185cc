package io.github.keywrap.pkcs11;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.time.Duration;
import java.util.List;

/** A good key, but for one thing: others may be derived from it. pkcs11-tool makes none. */
public final class DerivingKey {
  private static final long CKM_AES_KEY_GEN = 0x1080;

  private DerivingKey() {}

  /** Makes the key of the settings. */
  public static void make(Pkcs11KeySettings settings) {
    Deadline deadline = Deadline.after(Duration.ofSeconds(10));
    try (NativeDriver driver = new NativeDriver(settings)) {
      long _ =
          driver.writing(
              deadline,
              session ->
                  new TokenObjects(session, deadline)
                      .generateKey(CKM_AES_KEY_GEN, attributes(settings)));
    }
  }

  private static List<Attribute> attributes(Pkcs11KeySettings settings) {
    return List.of(
        KeyFinder.SECRET_KEY,
        Attribute.of(Attribute.Type.KEY_TYPE, Attribute.AES),
        Attribute.of(Attribute.Type.VALUE_LEN, 32),
        Attribute.of(Attribute.Type.LABEL, settings.key().label()),
        new Attribute(Attribute.Type.ID, new byte[16]),
        Attribute.of(Attribute.Type.TOKEN, true),
        Attribute.of(Attribute.Type.PRIVATE, true),
        Attribute.of(Attribute.Type.SENSITIVE, true),
        Attribute.of(Attribute.Type.EXTRACTABLE, false),
        Attribute.of(Attribute.Type.ENCRYPT, true),
        Attribute.of(Attribute.Type.DECRYPT, true),
        Attribute.of(Attribute.Type.WRAP, false),
        Attribute.of(Attribute.Type.UNWRAP, false),
        Attribute.of(Attribute.Type.SIGN, false),
        Attribute.of(Attribute.Type.DERIVE, true));
  }
}
