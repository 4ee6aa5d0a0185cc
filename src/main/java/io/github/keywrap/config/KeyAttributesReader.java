package io.github.keywrap.config;

import io.github.keywrap.settings.KeyAttributes;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what tells a key from the others on its token. */
final class KeyAttributesReader {
  /** A name of its own, and the algorithm, fit into a key id with this. */
  private static final Pattern IDENTITY = Pattern.compile("[A-Za-z0-9._-]{8,100}");

  private static final int MAX_ID_BYTES = 64;
  private static final int MIN_NAMING_ID_BYTES = 8;

  private final SettingReader reader;

  KeyAttributesReader(SettingReader reader) {
    this.reader = reader;
  }

  KeyAttributes read() {
    String label = reader.text(Pkcs11Setting.KEY_LABEL);
    String id = id();
    if (label.isEmpty() && id.isEmpty()) {
      reader.problem(
          Pkcs11Setting.KEY_LABEL,
          "is missing, and key-id too",
          "say which key: key-label, key-id or both");
    }
    return new KeyAttributes(label, id, identity());
  }

  /** For a driver that does not show the CKA_ID: label and what names the key must be given. */
  KeyAttributes readUnseen() {
    String label = reader.text(Pkcs11Setting.KEY_LABEL);
    if (label.isEmpty()) {
      reader.problem(Pkcs11Setting.KEY_LABEL, "is missing", Pkcs11Setting.KEY_LABEL.meaning());
    }
    String id = id();
    String identity = identity();
    if (identity.isEmpty() && id.length() < 2 * MIN_NAMING_ID_BYTES) {
      reader.problem(
          Pkcs11Setting.KEY_ID,
          "is missing or under 8 bytes, and driver: sunpkcs11 cannot see it",
          "set it to what \"keywrap token list\" prints, or set identity:");
    }
    return new KeyAttributes(label, id, identity.isEmpty() ? id : identity);
  }

  private String id() {
    return reader
        .parse(
            Pkcs11Setting.KEY_ID,
            text ->
                Optional.of(HexFormat.of().parseHex(text)).filter(b -> b.length <= MAX_ID_BYTES),
            "up to 64 bytes in hex")
        .map(HexFormat.of()::formatHex)
        .orElse("");
  }

  private String identity() {
    return reader
        .parse(
            Pkcs11Setting.IDENTITY,
            text -> Optional.of(text).filter(t -> t.isEmpty() || IDENTITY.matcher(t).matches()),
            "8 to 100 letters, digits, dots, hyphens or underscores")
        .orElse("");
  }
}
