package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.SecretBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * A session with a token (PKCS #11 3.1, section 5.6): one operation at a time, for one thread at a
 * time. An error may leave an operation active in it: a session that failed is closed, never used
 * again.
 */
final class Session implements AutoCloseable {
  private static final long CKF_RW_SESSION = 2;
  private static final long CKF_SERIAL_SESSION = 4;

  /** Objects that are asked for in one C_FindObjects. */
  private static final int BATCH = 64;

  /** An attribute that is longer has no use here. */
  private static final int MAX_ATTRIBUTE = 1_024;

  private static final Duration CLOSE = Duration.ofSeconds(1);

  /** {@code CK_UNAVAILABLE_INFORMATION}: the length of an attribute that is not told. */
  private static final long UNAVAILABLE = -1;

  private final Module module;
  private final long handle;
  private final long epoch;

  private Session(Module module, long handle, long epoch) {
    this.module = module;
    this.handle = handle;
    this.epoch = epoch;
  }

  /** Opens a session that can only read. */
  static Session open(Module module, Token token, Deadline deadline) {
    return open(module, token, CKF_SERIAL_SESSION, deadline);
  }

  /** Opens a session that can make objects. */
  static Session openForWriting(Module module, Token token, Deadline deadline) {
    return open(module, token, CKF_SERIAL_SESSION | CKF_RW_SESSION, deadline);
  }

  private static Session open(Module module, Token token, long flags, Deadline deadline) {
    return module.call(
        deadline,
        library -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(JAVA_LONG);
            library.openSession(token.slot(), flags, handle);
            return new Session(module, handle.get(JAVA_LONG, 0), module.epoch());
          }
        });
  }

  /**
   * Calls the library, unless it was initialized since: the number of this session, and of any
   * object, may mean another one by now.
   */
  private <T> T inside(Deadline deadline, Module.Call<T> call) {
    return module.call(
        deadline,
        library -> {
          if (module.epoch() != epoch) {
            throw new Pkcs11Exception(
                Function.C_OpenSession, ReturnValue.SESSION_HANDLE_INVALID.code());
          }
          return call.in(library);
        });
  }

  /**
   * Logs in; good if the application is logged in already, which does not prove the PIN.
   *
   * @throws Pkcs11Exception if the token refuses
   */
  void login(long userType, SecretBytes pin, Deadline deadline) {
    boolean _ =
        inside(
            deadline,
            library -> {
              try (Arena arena = Arena.ofConfined()) {
                MemorySegment copy = arena.allocateFrom(JAVA_BYTE, pin.expose());
                try {
                  library.login(handle, userType, copy);
                } catch (Pkcs11Exception e) {
                  if (e.value() != ReturnValue.USER_ALREADY_LOGGED_IN) {
                    throw e;
                  }
                } finally {
                  copy.fill((byte) 0);
                }
                return true;
              }
            });
  }

  /** Handles of all objects that have these attributes and that this session may see. */
  long[] find(List<Attribute> attributes, Deadline deadline) {
    return inside(
        deadline,
        library -> {
          try (Arena arena = Arena.ofConfined()) {
            library.findObjectsInit(
                handle, Attribute.template(arena, attributes), attributes.size());
            try {
              return found(library, arena);
            } finally {
              library.findObjectsFinal(handle);
            }
          }
        });
  }

  private long[] found(Cryptoki library, Arena arena) {
    MemorySegment batch = arena.allocate(JAVA_LONG, BATCH);
    MemorySegment count = arena.allocate(JAVA_LONG);
    List<long[]> all = new ArrayList<>();
    long length;
    do {
      library.findObjects(handle, batch, BATCH, count);
      length = count.get(JAVA_LONG, 0);
      all.add(batch.asSlice(0, length * Long.BYTES).toArray(JAVA_LONG));
    } while (length > 0);
    return all.stream().flatMapToLong(LongStream::of).toArray();
  }

  /** An attribute of an object; empty if the token does not tell it. */
  Optional<byte[]> attribute(long object, Attribute.Type type, Deadline deadline) {
    return inside(
        deadline,
        library -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(MAX_ATTRIBUTE);
            MemorySegment template = arena.allocate(Attribute.LENGTH, 8);
            template.set(JAVA_LONG, 0, type.number());
            template.set(ADDRESS, 8, value);
            template.set(JAVA_LONG, 16, MAX_ATTRIBUTE);
            library.getAttributeValue(handle, object, template, 1);
            long length = template.get(JAVA_LONG, 16);
            return length == UNAVAILABLE
                ? Optional.<byte[]>empty()
                : Optional.of(value.asSlice(0, length).toArray(JAVA_BYTE));
          } catch (Pkcs11Exception e) {
            return switch (e.value()) {
              case ATTRIBUTE_SENSITIVE, ATTRIBUTE_TYPE_INVALID, BUFFER_TOO_SMALL ->
                  Optional.<byte[]>empty();
              default -> throw e;
            };
          }
        });
  }

  /** A boolean attribute; empty if the token does not tell it. */
  Optional<Boolean> flag(long object, Attribute.Type type, Deadline deadline) {
    return attribute(object, type, deadline)
        .filter(value -> value.length == 1)
        .map(value -> value[0] != 0);
  }

  /** Makes a key with these attributes, on the token. */
  long generateKey(long mechanism, List<Attribute> attributes, Deadline deadline) {
    return inside(
        deadline,
        library -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_LONG);
            library.generateKey(
                handle,
                Layouts.mechanism(arena, mechanism, MemorySegment.NULL),
                Attribute.template(arena, attributes),
                attributes.size(),
                key);
            return key.get(JAVA_LONG, 0);
          }
        });
  }

  /** Encrypts with AES-GCM: what the token made, and the IV that it used. */
  GcmMechanism.Sealed encrypt(
      GcmMechanism mechanism,
      long key,
      byte[] associatedData,
      byte[] plaintext,
      Deadline deadline) {
    return inside(
        deadline,
        library -> {
          try (Arena arena = Arena.ofConfined()) {
            GcmMechanism.Parameters parameters = mechanism.forEncryption(arena, associatedData);
            library.encryptInit(handle, parameters.mechanism(), key);
            MemorySegment in = arena.allocateFrom(JAVA_BYTE, plaintext);
            try {
              byte[] out =
                  output(
                      arena,
                      plaintext.length + mechanism.overhead(),
                      (to, length) -> library.encrypt(handle, in, to, length));
              return mechanism.sealed(parameters, out);
            } finally {
              in.fill((byte) 0);
            }
          }
        });
  }

  /**
   * Decrypts with AES-GCM.
   *
   * @param sealed ciphertext and tag
   * @return the plaintext, the caller's to wipe
   */
  byte[] decrypt(
      GcmMechanism mechanism,
      long key,
      byte[] iv,
      byte[] associatedData,
      byte[] sealed,
      Deadline deadline) {
    return inside(
        deadline,
        library -> {
          try (Arena arena = Arena.ofConfined()) {
            library.decryptInit(
                handle, mechanism.forDecryption(arena, iv, associatedData).mechanism(), key);
            MemorySegment in = arena.allocateFrom(JAVA_BYTE, sealed);
            return output(
                arena, sealed.length, (to, length) -> library.decrypt(handle, in, to, length));
          }
        });
  }

  /** Writes to a place of limited length, and says how much it wrote. */
  private interface Output {
    void write(MemorySegment to, MemorySegment length);
  }

  /**
   * Runs an operation that ends in an output. A token that wants more room than there should be to
   * write is asked again with what it wants: the operation stays active (section 5.2).
   */
  private static byte[] output(Arena arena, int expected, Output output) {
    MemorySegment length = arena.allocate(JAVA_LONG);
    length.set(JAVA_LONG, 0, expected);
    MemorySegment to = arena.allocate(expected);
    try {
      output.write(to, length);
    } catch (Pkcs11Exception e) {
      long wanted = length.get(JAVA_LONG, 0);
      if (e.value() != ReturnValue.BUFFER_TOO_SMALL || wanted <= expected || wanted > 65_536) {
        throw e;
      }
      to = arena.allocate(wanted);
      output.write(to, length);
    }
    long written = length.get(JAVA_LONG, 0);
    byte[] bytes = to.asSlice(0, Math.min(written, to.byteSize())).toArray(JAVA_BYTE);
    to.fill((byte) 0);
    if (written < 0 || written > bytes.length) {
      Arrays.fill(bytes, (byte) 0);
      throw new Pkcs11Exception(Function.C_Encrypt, ReturnValue.BUFFER_TOO_SMALL.code());
    }
    return bytes;
  }

  /** Closes the session; one that the token does not know any more is closed already. */
  @Override
  public void close() {
    try {
      boolean _ =
          inside(
              Deadline.after(CLOSE),
              library -> {
                library.closeSession(handle);
                return true;
              });
    } catch (Pkcs11Exception | KmsException gone) {
      // There is nothing left to close.
    }
  }
}
