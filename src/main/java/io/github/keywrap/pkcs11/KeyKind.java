package io.github.keywrap.pkcs11;

import java.util.Optional;

/** What kind of key an object is, in words: {@code AES, 256 bits}. */
record KeyKind(String type, Optional<Long> bytes) {
  static KeyKind of(TokenObjects objects, long key) {
    return new KeyKind(
        number(objects, key, Attribute.Type.KEY_TYPE)
            .map(KeyKind::name)
            .orElse("of a type that the token does not tell"),
        number(objects, key, Attribute.Type.VALUE_LEN));
  }

  private static String name(long type) {
    return type == Attribute.AES ? "AES" : "key type 0x" + Long.toHexString(type);
  }

  private static Optional<Long> number(TokenObjects objects, long key, Attribute.Type type) {
    return objects
        .attribute(key, type)
        .filter(value -> value.length == Long.BYTES)
        .map(Attribute::number);
  }

  @Override
  public String toString() {
    return type + bytes.map(length -> ", " + length * Byte.SIZE + " bits").orElse("");
  }
}
