package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.ByteOrder.nativeOrder;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One attribute of an object and its value ({@code CK_ATTRIBUTE}, PKCS #11 3.1, section 3.5).
 * Values here are never secret.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Attribute(Type type, byte[] value) {
  /** {@code CKO_DATA}. */
  static final long DATA = 0;

  /** {@code CKO_SECRET_KEY}. */
  static final long SECRET_KEY = 4;

  /** {@code CKK_AES}. */
  static final long AES = 0x1f;

  /** Length of {@code CK_ATTRIBUTE}: type, pointer, length. */
  static final long LENGTH = 24;

  /** The attributes that keywrap knows. */
  enum Type {
    CLASS(0x0),
    TOKEN(0x1),
    PRIVATE(0x2),
    LABEL(0x3),
    APPLICATION(0x10),
    VALUE(0x11),
    KEY_TYPE(0x100),
    ID(0x102),
    SENSITIVE(0x103),
    ENCRYPT(0x104),
    DECRYPT(0x105),
    WRAP(0x106),
    UNWRAP(0x107),
    SIGN(0x108),
    VERIFY(0x10a),
    DERIVE(0x10c),
    VALUE_LEN(0x161),
    EXTRACTABLE(0x162),
    NEVER_EXTRACTABLE(0x164),
    ALWAYS_SENSITIVE(0x165),
    MODIFIABLE(0x170);

    private final long number;

    Type(long number) {
      this.number = number;
    }

    long number() {
      return number;
    }
  }

  static Attribute of(Type type, boolean value) {
    return new Attribute(type, new byte[] {(byte) (value ? 1 : 0)});
  }

  static Attribute of(Type type, long value) {
    return new Attribute(
        type, ByteBuffer.allocate(Long.BYTES).order(nativeOrder()).putLong(value).array());
  }

  /** The value of a {@code CK_ULONG}, of 8 bytes. */
  static long number(byte[] value) {
    return ByteBuffer.wrap(value).order(nativeOrder()).getLong();
  }

  static Attribute of(Type type, String value) {
    return new Attribute(type, value.getBytes(UTF_8));
  }

  /** A template of attributes, in the memory that the library reads. */
  static MemorySegment template(Arena arena, List<Attribute> attributes) {
    MemorySegment template = arena.allocate(LENGTH * Math.max(1, attributes.size()), 8);
    long offset = 0;
    for (Attribute attribute : attributes) {
      template.set(JAVA_LONG, offset, attribute.type.number);
      template.set(ADDRESS, offset + 8, Layouts.copy(arena, attribute.value));
      template.set(JAVA_LONG, offset + 16, attribute.value.length);
      offset += LENGTH;
    }
    return template;
  }
}
