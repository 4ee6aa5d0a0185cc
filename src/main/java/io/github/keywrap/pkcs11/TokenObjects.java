package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.domain.Deadline;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** The objects that a session may see (PKCS #11 3.1, section 5.7), until a deadline. */
record TokenObjects(Session session, Deadline deadline) {
  /** Objects that are asked for in one C_FindObjects. */
  private static final int BATCH = 64;

  /** An attribute that is longer has no use here. */
  private static final int MAX_ATTRIBUTE = 1_024;

  /** More objects than a token has room for; one that names more does not come to an end. */
  private static final int MAX = 100_000;

  /** {@code CK_UNAVAILABLE_INFORMATION}: the length of an attribute that is not told. */
  private static final long UNAVAILABLE = -1;

  /** Handles of all objects that have these attributes. */
  long[] find(List<Attribute> attributes) {
    return session.run(
        deadline,
        (library, arena, handle) -> {
          library.findObjectsInit(handle, Attribute.template(arena, attributes), attributes.size());
          try {
            return found(library, arena, handle);
          } finally {
            library.findObjectsFinal(handle);
          }
        });
  }

  private static long[] found(Cryptoki library, Arena arena, long handle) {
    MemorySegment batch = arena.allocate(JAVA_LONG, BATCH);
    MemorySegment count = arena.allocate(JAVA_LONG);
    List<long[]> all = new ArrayList<>();
    int found = 0;
    int length;
    do {
      library.findObjects(handle, batch, BATCH, count);
      length = Claim.of(CryptokiFunction.C_FindObjects, "objects in one call", count, BATCH);
      found =
          Claim.of(CryptokiFunction.C_FindObjects, "objects or more", (long) found + length, MAX);
      all.add(batch.asSlice(0, length * (long) Long.BYTES).toArray(JAVA_LONG));
    } while (length > 0);
    return all.stream().flatMapToLong(LongStream::of).toArray();
  }

  /** An attribute of an object; empty if the token does not tell it. */
  Optional<byte[]> attribute(long object, Attribute.Type type) {
    return session.run(
        deadline,
        (library, arena, handle) -> {
          MemorySegment value = arena.allocate(MAX_ATTRIBUTE);
          MemorySegment template = arena.allocate(Attribute.LENGTH, 8);
          template.set(JAVA_LONG, 0, type.number());
          template.set(ADDRESS, 8, value);
          template.set(JAVA_LONG, 16, MAX_ATTRIBUTE);
          try {
            library.getAttributeValue(handle, object, template, 1);
          } catch (Pkcs11Exception e) {
            return switch (e.value()) {
              case ATTRIBUTE_SENSITIVE, ATTRIBUTE_TYPE_INVALID, BUFFER_TOO_SMALL ->
                  Optional.<byte[]>empty();
              default -> throw e;
            };
          }
          long claimed = template.get(JAVA_LONG, 16);
          if (claimed == UNAVAILABLE) {
            return Optional.<byte[]>empty();
          }
          int length =
              Claim.of(CryptokiFunction.C_GetAttributeValue, "bytes", claimed, MAX_ATTRIBUTE);
          return Optional.of(value.asSlice(0, length).toArray(JAVA_BYTE));
        });
  }

  /** A boolean attribute; empty if the token does not tell it. */
  Optional<Boolean> flag(long object, Attribute.Type type) {
    return attribute(object, type).filter(value -> value.length == 1).map(value -> value[0] != 0);
  }

  /** Makes an object of these attributes; the session must be one that writes. */
  long create(List<Attribute> attributes) {
    return session.run(
        deadline,
        (library, arena, handle) -> {
          MemorySegment object = arena.allocate(JAVA_LONG);
          library.createObject(
              handle, Attribute.template(arena, attributes), attributes.size(), object);
          return object.get(JAVA_LONG, 0);
        });
  }

  /** Destroys an object; the session must be one that writes. */
  void destroy(long object) {
    boolean _ =
        session.run(
            deadline,
            (library, _, handle) -> {
              library.destroyObject(handle, object);
              return true;
            });
  }

  /** Makes a key of these attributes; the session must be one that writes. */
  long generateKey(long mechanism, List<Attribute> attributes) {
    return session.run(
        deadline,
        (library, arena, handle) -> {
          MemorySegment key = arena.allocate(JAVA_LONG);
          library.generateKey(
              handle,
              Layouts.mechanism(arena, mechanism, MemorySegment.NULL),
              Attribute.template(arena, attributes),
              attributes.size(),
              key);
          return key.get(JAVA_LONG, 0);
        });
  }

  /** Bytes of the token's random generator, the caller's to wipe. */
  byte[] random(int length) {
    return session.run(
        deadline,
        (library, arena, handle) -> {
          MemorySegment bytes = arena.allocate(length);
          library.generateRandom(handle, bytes);
          byte[] random = bytes.toArray(JAVA_BYTE);
          bytes.fill((byte) 0);
          return random;
        });
  }
}
