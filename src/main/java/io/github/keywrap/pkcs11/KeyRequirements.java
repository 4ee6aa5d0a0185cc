package io.github.keywrap.pkcs11;

import static java.util.Locale.ROOT;

import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * What a key must be to protect others: in the token for ever, and of use (PKCS #11 3.1, sections
 * 4.8 and 4.10).
 */
final class KeyRequirements {
  private static final Logger LOG = System.getLogger(KeyRequirements.class.getName());

  private final Pkcs11KeySettings settings;
  private final TokenObjects objects;
  private final long key;
  private final List<String> weak = new ArrayList<>();
  private final List<String> untold = new ArrayList<>();

  KeyRequirements(Pkcs11KeySettings settings, TokenObjects objects, long key) {
    this.settings = settings;
    this.objects = objects;
    this.key = key;
  }

  /**
   * Checks the key; a token that does not tell is warned about.
   *
   * @param uses what it must be allowed to do
   * @throws KeyUnavailable if it is weak and the settings do not allow that, or cannot be used
   */
  void check(List<Attribute.Type> uses) {
    expect(Attribute.Type.PRIVATE, true, "can be used without a login");
    expect(Attribute.Type.SENSITIVE, true, "can be read in plain");
    expect(Attribute.Type.EXTRACTABLE, false, "can be taken out of the token");
    if (!weak.isEmpty() && !settings.allowWeakKey()) {
      throw new KeyUnavailable(
          "the key %s; make a better one, or set allow-weak-key: true"
              .formatted(String.join(", ", weak)),
          null);
    }
    if (!weak.isEmpty()) {
      warn("the key " + String.join(", ", weak) + "; allow-weak-key is set");
    }
    if (!untold.isEmpty()) {
      warn("the token does not tell " + String.join(", ", untold));
    }
    uses.forEach(this::refuseUseless);
  }

  private void expect(Attribute.Type type, boolean wanted, String otherwise) {
    objects
        .flag(key, type)
        .ifPresentOrElse(
            value -> {
              if (value != wanted) {
                weak.add(otherwise + " (CKA_" + type + ")");
              }
            },
            () -> untold.add("CKA_" + type));
  }

  private void refuseUseless(Attribute.Type use) {
    if (objects.flag(key, use).filter(value -> !value).isPresent()) {
      throw new KeyUnavailable(
          "the key may not %s (CKA_%s)".formatted(use.name().toLowerCase(ROOT), use), null);
    }
  }

  private void warn(String what) {
    LOG.log(Level.WARNING, "key \"{0}\": {1}", settings.name(), what);
  }
}
