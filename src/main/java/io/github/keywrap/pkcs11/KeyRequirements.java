package io.github.keywrap.pkcs11;

import static java.util.Locale.ROOT;

import io.github.keywrap.domain.KmsException.KeyUnavailable;
import io.github.keywrap.settings.LoginSettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a key must be to protect others: in the token for ever, and of use (PKCS #11 3.1, sections
 * 4.8 and 4.10).
 */
final class KeyRequirements {
  private static final Logger LOG = System.getLogger(KeyRequirements.class.getName());

  /** What was warned about in this process: connections come and go. */
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private static final Map<Attribute.Type, String> OTHER_USES =
      new TreeMap<>(
          Map.of(
              Attribute.Type.WRAP, "wrap other keys",
              Attribute.Type.UNWRAP, "unwrap other keys",
              Attribute.Type.SIGN, "sign",
              Attribute.Type.ENCRYPT, "encrypt",
              Attribute.Type.DECRYPT, "decrypt",
              Attribute.Type.DERIVE, "derive keys"));

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
    if (!(settings.token().login() instanceof LoginSettings.None)) {
      expect(Attribute.Type.PRIVATE, true, "can be used without a login");
    }
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
    warnOfOtherUses(uses);
  }

  /** A key that does two things is as weak as the weaker one (NIST SP 800-57 part 1, 5.2). */
  private void warnOfOtherUses(List<Attribute.Type> uses) {
    List<String> others =
        OTHER_USES.entrySet().stream()
            .filter(use -> !uses.contains(use.getKey()))
            .filter(use -> objects.flag(key, use.getKey()).orElse(false))
            .map(use -> "%s (CKA_%s)".formatted(use.getValue(), use.getKey()))
            .toList();
    if (!others.isEmpty()) {
      warn(
          "the key may also %s: a key should do one thing only; forbid it with the token's tools"
              .formatted(String.join(", ", others)));
    }
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
    if (!TOLD.add("%s\n%s\n%s".formatted(settings.name(), settings.token().name(), what))) {
      return;
    }
    LOG.log(Level.WARNING, "key \"{0}\": {1}", settings.name(), what);
  }
}
