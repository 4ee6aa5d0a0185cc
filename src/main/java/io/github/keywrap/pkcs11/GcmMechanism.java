package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.keywrap.device.Encrypted;
import io.github.keywrap.device.UnusableOutputException;
import io.github.keywrap.settings.GcmIv;
import io.github.keywrap.settings.GcmSettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Galois/Counter Mode with a 128-bit tag and {@code CK_GCM_PARAMS} (PKCS #11 3.1, section 6.13.3),
 * in the forms that tokens want it.
 *
 * @param number of the mechanism: {@code CKM_AES_GCM}, or a vendor's for SM4
 */
record GcmMechanism(long number, GcmSettings settings, SecureRandom random) {
  private static final int TAG_LENGTH = 16;
  private static final int LONG_PARAMETERS = 48;

  /** A mechanism in memory, and where its IV is. */
  record Parameters(MemorySegment mechanism, MemorySegment iv) {}

  Parameters forEncryption(Arena arena, byte[] associatedData) {
    byte[] bytes = new byte[settings.iv() == GcmIv.APPENDED_NULL ? 0 : settings.ivLength()];
    if (settings.iv() == GcmIv.CLIENT) {
      random.nextBytes(bytes);
    }
    return parameters(arena, bytes, associatedData);
  }

  MemorySegment forDecryption(Arena arena, byte[] usedIv, byte[] associatedData) {
    return parameters(arena, usedIv, associatedData).mechanism();
  }

  private Parameters parameters(Arena arena, byte[] ivBytes, byte[] associatedData) {
    boolean isLong = settings.parametersLength() == LONG_PARAMETERS;
    MemorySegment ivSegment = Layouts.copy(arena, ivBytes);
    MemorySegment parameters = arena.allocate(settings.parametersLength(), 8);
    parameters.set(ADDRESS, 0, ivSegment);
    parameters.set(JAVA_LONG, 8, ivBytes.length);
    long offset = 16;
    if (isLong) {
      parameters.set(JAVA_LONG, offset, (long) ivBytes.length * Byte.SIZE);
      offset += Long.BYTES;
    }
    parameters.set(ADDRESS, offset, Layouts.copy(arena, associatedData));
    parameters.set(JAVA_LONG, offset + 8, associatedData.length);
    parameters.set(JAVA_LONG, offset + 16, (long) TAG_LENGTH * Byte.SIZE);
    return new Parameters(Layouts.mechanism(arena, number, parameters), ivSegment);
  }

  /** How much longer than the plaintext the output of an encryption is, in bytes. */
  int overhead() {
    return switch (settings.iv()) {
      case CLIENT, WRITTEN_BACK -> TAG_LENGTH;
      case APPENDED, APPENDED_NULL -> TAG_LENGTH + settings.ivLength();
    };
  }

  /**
   * Takes IV and ciphertext from where the token put them.
   *
   * @throws UnusableOutputException if the token did not make an IV
   */
  Encrypted encrypted(Parameters parameters, byte[] output) {
    return switch (settings.iv()) {
      case CLIENT -> new Encrypted(parameters.iv().toArray(JAVA_BYTE), output);
      case WRITTEN_BACK -> new Encrypted(made(parameters.iv().toArray(JAVA_BYTE)), output);
      case APPENDED, APPENDED_NULL -> {
        int end = output.length - settings.ivLength();
        if (end < TAG_LENGTH) {
          throw new UnusableOutputException("the token returned less than a tag and an IV");
        }
        yield new Encrypted(
            made(Arrays.copyOfRange(output, end, output.length)), Arrays.copyOf(output, end));
      }
    };
  }

  private static byte[] made(byte[] ivBytes) {
    for (byte b : ivBytes) {
      if (b != 0) {
        return ivBytes;
      }
    }
    throw new UnusableOutputException("the token did not make an IV; set gcm-iv: client");
  }
}
